import type { Figure } from '../../stack/bench/figure.ts'
import { type Child, startChild } from '../outbox/child.ts'
import { openStand, type Stand } from '../outbox/stand.ts'

const perSecond = 200
const events = 6000
const warming = 1000
const settleMs = 1500

type Times = Record<string, number>

const sorted = (values: number[]): number[] => values.toSorted((a, b) => a - b)
const at = (values: number[], share: number): number =>
  values[Math.floor(values.length * share)] ?? Number.POSITIVE_INFINITY

/** Where the time goes: until the log's statement began, and from then on. */
const stagesOf = async ({ gateway }: Stand, committed: Times, handled: Times): Promise<string> => {
  const stored = await gateway.sql<{ id: string; storedAt: Date }[]>`
    select value::json ->> 'id' as id, stored_at from messages where topic = 'ledger'`
  const known = stored.filter(({ id }) => committed[id] !== undefined)
  const before = sorted(known.map(({ id, storedAt }) => storedAt.getTime() - (committed[id] ?? 0)))
  const after = sorted(known.map(({ id, storedAt }) => (handled[id] ?? 0) - storedAt.getTime()))
  const told = (values: number[]) => `${at(values, 0.5)} ms, p99 ${at(values, 0.99)} ms`
  return `commit to log: p50 ${told(before)}; log to handled: p50 ${told(after)}`
}

type Measured = { waits: number[]; stages: string }

/** Milliseconds from the commit of each event to the commit of its inbox row, sorted. */
const measure = async (stand: Stand, emitting: Child, consuming: Child, count: number): Promise<Measured> => {
  emitting.tell(`emit ${count} ${perSecond}`)
  const { committed } = (await emitting.event('emitted')) as { committed: Times }
  await Bun.sleep(settleMs)
  consuming.tell('handled')
  const { handled } = (await consuming.event('handled')) as { handled: Times }
  const waits = Object.entries(committed).map(([id, at]) => (handled[id] ?? Number.POSITIVE_INFINITY) - at)
  return { waits: sorted(waits), stages: await stagesOf(stand, committed, handled) }
}

const figure = (name: string, waits: number[], share: number, goal: number): Figure => {
  const value = at(waits, share)
  const ratio = Number((value / goal).toFixed(2))
  return { figure: name, value, unit: 'ms', against: 'the goal', ratio, goal, ok: value <= goal }
}

/**
 * From the commit in one service to the commit of the inbox row in another, 200 events a second at random moments, on the pieces
 * of the default stack: its Postgres, kafka-http on the Postgres log, an emitting and a consuming process.
 */
export const benchHandled = async (tell: (line: string) => void): Promise<Figure[]> => {
  const stand = await openStand('durable')
  try {
    const emitting = startChild('infra/backbone/outbox/emit-steadily.ts', stand.env)
    const consuming = startChild('infra/backbone/outbox/hear-steadily.ts', stand.env)
    await Promise.all([emitting.event('ready'), consuming.event('ready')])
    await measure(stand, emitting, consuming, warming)
    tell(`${events} events at ${perSecond} a second: ${events / perSecond} s`)
    const { waits, stages } = await measure(stand, emitting, consuming, events)
    tell(stages)
    for (const child of [emitting, consuming]) child.kill()
    return [figure('handled-p50', waits, 0.5, 20), figure('handled-p99', waits, 0.99, 100)]
  } finally {
    await stand.close()
  }
}
