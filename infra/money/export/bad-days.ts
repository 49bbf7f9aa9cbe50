import type { ExportStand } from './export-stand.ts'

const everyCall = 1_000_000
const dayMinutes = 24 * 60

/** `takenOver`: documents that a second process took while the first was at them. */
type Told = { phase: string; calls: number; failed: number; takenOver: number }

const takenOver = async ({ sql }: ExportStand): Promise<number> => {
  const [row] = await sql<{ count: number }[]>`
    select count(*) as count from exports where attempts > 1 and state = 'exported' and reason_code is null`
  return row?.count ?? 0
}

const make = async (stand: ExportStand, count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await stand.makeOne()
}

const calm = async (stand: ExportStand): Promise<void> => {
  stand.baseCalls.areLost = false
  await stand.base.ask('POST', 'settings', { sessions: 10, closedBefore: null })
  await stand.base.ask('DELETE', 'faults')
}

/** Until nothing waits, at most so long. */
const untilQuiet = async (stand: ExportStand, mostRounds: number): Promise<void> => {
  for (let i = 0; i < mostRounds && (await stand.countOf('waiting')) > 0; i++) await stand.round(2)
}

const looksAMinute = 3

/**
 * Nobody answers for a day: the base is asked now and then whether it lives, and nothing is given up. The job looks three times
 * a minute, so that what keeps it from asking each time is its own patience and not the proof's clock.
 */
const down = async (stand: ExportStand, count: number): Promise<void> => {
  stand.baseCalls.areLost = true
  const every = Math.ceil(dayMinutes / count)
  for (let minute = 0; minute < dayMinutes; minute++) {
    if (minute % every === 0) await stand.makeOne()
    for (let look = 0; look < looksAMinute; look++) await stand.round(1 / looksAMinute)
  }
}

const callsAbove = async (stand: ExportStand, count: number): Promise<void> => {
  while (stand.baseCalls.count <= count) await Bun.sleep(1)
}

/**
 * Each answer takes longer than a lease lasts, so that another process takes the document over while the first is still at
 * it, and both go on side by side: neither makes a second one.
 */
const slow = async (stand: ExportStand, count: number): Promise<void> => {
  for (let i = 0; i < count; i++) {
    await stand.makeOne()
    const answers = Promise.withResolvers<void>()
    const before = stand.baseCalls.count
    stand.baseCalls.held = answers.promise
    const first = stand.run('export-to-one-c')
    await callsAbove(stand, before)
    await stand.advance(30_000)
    const standing = stand.baseCalls.count
    const second = stand.run('export-to-one-c')
    await callsAbove(stand, standing)
    answers.resolve()
    await Promise.all([first, second])
  }
}

/** No session is free for an hour. */
const full = async (stand: ExportStand, count: number): Promise<void> => {
  await stand.base.ask('POST', 'settings', { sessions: 0 })
  await make(stand, count)
  for (let minute = 0; minute < 60; minute++) await stand.round(1)
}

/** The configuration itself refuses, 500 with code -1: shown, not repeated, until an operator asks again. */
const refusing = async (stand: ExportStand, count: number): Promise<void> => {
  await make(stand, count)
  await stand.base.fault({ operation: '*', kind: 'refusal', times: everyCall })
  for (let minute = 0; minute < 20; minute++) await stand.round(1)
}

/** A closed period: what is written cannot be posted. */
const closed = async (stand: ExportStand, count: number): Promise<void> => {
  await stand.base.ask('POST', 'settings', { closedBefore: '2027-06-01' })
  await make(stand, count)
  for (let minute = 0; minute < 20; minute++) await stand.round(1)
}

const phases = { down, slow, full, refusing, closed }

/** One bad day after another, `count` invoices with what belongs to them in each. */
export const playBadDays = async (
  stand: ExportStand,
  count: number,
  say: (line: string) => void,
): Promise<Told[]> => {
  const told: Told[] = []
  for (const [phase, play] of Object.entries(phases)) {
    stand.baseCalls.count = 0
    const before = await takenOver(stand)
    await play(stand, count)
    const failed = await stand.countOf('failed')
    told.push({
      phase,
      calls: stand.baseCalls.count,
      failed,
      takenOver: (await takenOver(stand)) - before,
    })
    say(
      `${phase}: ${stand.baseCalls.count} calls, ${failed} shown to operators, ${await stand.countOf('waiting')} wait`,
    )
    await calm(stand)
    for (const reason of ['-1', 'PERIOD_CLOSED']) await stand.retryAll(reason)
    await untilQuiet(stand, 60)
  }
  return told
}
