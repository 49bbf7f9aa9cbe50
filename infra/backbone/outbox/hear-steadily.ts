import { on } from '@kontora/events'
import { afterCommit, type Transaction } from '@kontora/postgres'
import { hearWords, say } from './child.ts'
import { type Consuming, openConsuming } from './consuming.ts'
import { moved } from './ledger.ts'

/** `handled`: when the inbox row of each event was committed, since the last time it was asked. */
let handled: Record<string, number> = {}

const hear = on<Consuming, typeof moved.schema>(
  'reader-hear',
  moved,
  async ({ sql }, _, { account, version }, { id }) => {
    await sql`
      insert into heard (account, version) values (${account}, ${version})
      on conflict (account) do update set version = excluded.version`
    afterCommit(sql as Transaction, () => {
      handled[id] = Date.now()
    })
  },
)

const { consumer } = openConsuming([hear])
consumer.start()
say('ready')
await hearWords(async () => {
  say('handled', { handled })
  handled = {}
})
