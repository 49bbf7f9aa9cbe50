import { createConsumer, createRelay, type Handler, on, openKafka } from '@kontora/events'
import type { Sql } from '@kontora/postgres'
import { createLog, realChance } from '@kontora/service'
import { moved } from './ledger.ts'
import { password } from './password.ts'
import type { Stand } from './stand.ts'

type Resources = { sql: Sql; now: () => Date; newId: () => string }
type Poison = { account: string; version: number }

const silent = createLog(
  'reader',
  () => new Date(),
  () => {},
)
export const handlers = ['blocks', 'goes-on', 'well', 'elsewhere'] as const
export type HandlerName = (typeof handlers)[number]

/** A consuming service with a clock that can be moved: of its handlers two cannot bear the poison, each under one policy. */
export const openPoisoned = (stand: Stand, poison: Poison) => {
  let aheadMs = 0
  let cured = false
  const chance = realChance()
  const now = (): Date => new Date(Date.now() + aheadMs)
  const kafka = openKafka({ url: stand.env.KAFKA_URL ?? '', username: 'all', password })
  const resources = { ...chance, now, sql: stand.reader.sql, log: silent }

  const note = (name: HandlerName, isIll: boolean, policy: 'block' | 'go-on' = 'block'): Handler<Resources> =>
    on<Resources, typeof moved.schema>(
      name,
      moved,
      async ({ sql }, _, { account, version }) => {
        await sql`insert into effects ${sql({ handler: name, account, version })}`
        if (isIll && !cured && account === poison.account && version === poison.version)
          throw new Error('poison')
      },
      { policy },
    )
  const own = [note('blocks', true), note('goes-on', true, 'go-on'), note('well', false)]
  const consume = (group: string, of: Handler<Resources>[]) =>
    createConsumer<Resources>({
      service: 'reader',
      group,
      instance: `${group}-0`,
      topics: ['ledger'],
      kafka,
      resources,
      handlers: of,
    })
  const relay = (service: string, sql: Stand['ledger']['sql']) =>
    createRelay({ ...chance, service, holder: `${service}-0`, sql, kafka, log: silent })

  const loops = [
    relay('ledger', stand.ledger.sql),
    relay('reader', stand.reader.sql),
    consume('reader', own),
    consume('elsewhere', [note('elsewhere', false)]),
  ]
  for (const loop of loops) loop.start()
  return {
    now,
    advance: (ms: number): void => {
      aheadMs += ms
    },
    cure: (): void => {
      cured = true
    },
    stop: async (): Promise<void> => {
      await Promise.all(loops.map((loop) => loop.stop()))
    },
  }
}
