import { on } from '@kontora/events'
import { say } from './child.ts'
import { type Consuming, openConsuming } from './consuming.ts'
import { moved } from './ledger.ts'

/** Notes each effect in the order in which it came about. */
const note = on<Consuming, typeof moved.schema>(
  'reader-note',
  moved,
  async ({ sql }, _, { account, version }) => {
    await sql`insert into effects (handler, account, version) values ('reader-note', ${account}, ${version})`
  },
)

openConsuming([note]).consumer.start()
say('ready')
