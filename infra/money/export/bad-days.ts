import type { ExportStand } from './export-stand.ts'

const everyCall = 1_000_000
const dayMinutes = 24 * 60

type Told = { phase: string; calls: number; failed: number }

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

/** Nobody answers for a day: the base is asked now and then whether it lives, and nothing is given up. */
const down = async (stand: ExportStand, count: number): Promise<void> => {
  stand.baseCalls.areLost = true
  for (let minute = 0; minute < dayMinutes; minute++) {
    if (minute % Math.ceil(dayMinutes / count) === 0) await stand.makeOne()
    await stand.round(1)
  }
}

/** Each answer takes longer than a lease lasts, and other processes come meanwhile: none makes a second document. */
const slow = async (stand: ExportStand, count: number): Promise<void> => {
  await make(stand, count)
  await stand.base.fault({ operation: '*', kind: 'delay', times: count * 2, delayMs: 4 })
  for (let i = 0; i < count; i++) {
    const first = stand.run('export-to-one-c')
    await stand.round(1)
    await first
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
    await play(stand, count)
    const failed = await stand.countOf('failed')
    told.push({ phase, calls: stand.baseCalls.count, failed })
    say(
      `${phase}: ${stand.baseCalls.count} calls, ${failed} shown to operators, ${await stand.countOf('waiting')} wait`,
    )
    await calm(stand)
    for (const reason of ['-1', 'PERIOD_CLOSED']) await stand.retryAll(reason)
    await untilQuiet(stand, 60)
  }
  return told
}
