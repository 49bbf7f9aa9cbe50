import { type Figure, median } from '../../stack/bench/figure.ts'
import { type Child, startChild } from '../outbox/child.ts'
import { fillOutbox } from '../outbox/ledger.ts'
import { openStand, type Stand } from '../outbox/stand.ts'

const rounds = 5
const events = 30_000
const warming = 6000

/** Both sides find the same: an empty log, and an outbox that holds these events and nothing else. */
const prepare = async ({ ledger, gateway }: Stand, count: number): Promise<void> => {
  await ledger.ownerSql.unsafe('truncate outbox')
  await gateway.ownerSql.unsafe('truncate messages')
  await fillOutbox(ledger.sql, count)
  await ledger.ownerSql.unsafe('vacuum analyze outbox')
  for (const { ownerSql } of [ledger, gateway]) await ownerSql.unsafe('vacuum')
}

const perSecond = async (stand: Stand, child: Child, count: number): Promise<number> => {
  await prepare(stand, count)
  child.tell('move')
  const { ms } = await child.event('moved')
  const [row] = await stand.gateway.sql<{ count: number }[]>`select count(*)::int as count from messages`
  if ((row?.count ?? 0) < count) throw new Error('Not every event arrived in the log')
  return (count / Number(ms)) * 1000
}

/**
 * Events a second that a relay moves from the outbox through kafka-http, a process of its own, into the Postgres log, held
 * against the SQL alone that any relay must do for them (`raw-outbox.ts` says what that is). All on one machine and one Postgres.
 */
export const benchRelay = async (tell: (line: string) => void): Promise<Figure[]> => {
  const stand = await openStand('durable')
  try {
    const relay = startChild('infra/backbone/outbox/move-outbox.ts', stand.env)
    const raw = startChild('infra/backbone/outbox/raw-outbox.ts', stand.env)
    await Promise.all([relay.event('ready'), raw.event('ready')])
    for (const child of [relay, raw]) await perSecond(stand, child, warming)
    const moved: number[] = []
    const ceiling: number[] = []
    for (let round = 0; round < rounds; round++) {
      moved.push(await perSecond(stand, relay, events))
      ceiling.push(await perSecond(stand, raw, events))
      tell(
        `round ${round + 1}/${rounds}: ${moved.at(-1)?.toFixed(0)} events/s, raw ${ceiling.at(-1)?.toFixed(0)}`,
      )
    }
    for (const child of [relay, raw]) child.kill()
    const value = Math.round(median(moved))
    const ratio = Number((median(moved) / median(ceiling)).toFixed(2))
    return [
      {
        figure: 'relay',
        value,
        unit: 'events/s',
        against: 'the raw SQL',
        ratio,
        goal: 0.7,
        ok: ratio >= 0.7,
      },
    ]
  } finally {
    await stand.close()
  }
}
