import type { Figure } from '../../stack/bench/figure.ts'
import { type Child, startChild } from '../outbox/child.ts'
import { openStand } from '../outbox/stand.ts'

const perSecond = 200
const events = 6000
const warming = 1000
const settleMs = 1500

type Times = Record<string, number>

/** Milliseconds from the commit of each event to the commit of its inbox row, sorted. */
const measure = async (emitting: Child, consuming: Child, count: number): Promise<number[]> => {
  emitting.tell(`emit ${count} ${perSecond}`)
  const { committed } = (await emitting.event('emitted')) as { committed: Times }
  await Bun.sleep(settleMs)
  consuming.tell('handled')
  const { handled } = (await consuming.event('handled')) as { handled: Times }
  const waits = Object.entries(committed).map(([id, at]) => (handled[id] ?? Number.POSITIVE_INFINITY) - at)
  return waits.sort((a, b) => a - b)
}

const figure = (name: string, sorted: number[], share: number, goal: number): Figure => {
  const value = sorted[Math.floor(sorted.length * share)] ?? Number.POSITIVE_INFINITY
  const ratio = Number((value / goal).toFixed(2))
  return { figure: name, value, unit: 'ms', against: 'the goal', ratio, goal, ok: value <= goal }
}

/**
 * From the commit in one service to the commit of the inbox row in another, 200 events a second at random moments, on the pieces
 * of the default stack: its Postgres, kafka-http on the Postgres log, an emitting and a consuming process.
 */
export const benchHandled = async (tell: (line: string) => void): Promise<Figure[]> => {
  const stand = await openStand({ own: true })
  try {
    const emitting = startChild('infra/backbone/outbox/emit-steadily.ts', stand.env)
    const consuming = startChild('infra/backbone/outbox/hear-steadily.ts', stand.env)
    await Promise.all([emitting.event('ready'), consuming.event('ready')])
    await measure(emitting, consuming, warming)
    tell(`${events} events at ${perSecond} a second: ${events / perSecond} s`)
    const sorted = await measure(emitting, consuming, events)
    for (const child of [emitting, consuming]) child.kill()
    return [figure('handled-p50', sorted, 0.5, 20), figure('handled-p99', sorted, 0.99, 100)]
  } finally {
    await stand.close()
  }
}
