import { createRelay } from '@kontora/events'
import { hearWords, say } from './child.ts'
import { openEmitting } from './emitting.ts'

const emitting = openEmitting()
const { sql } = emitting

/** A relay from its start until the outbox is empty. */
const move = async (): Promise<number> => {
  const relay = createRelay({ ...emitting, log: { ...emitting.log, info: () => {} } })
  const begun = performance.now()
  relay.start()
  while ((await sql`select 1 from outbox where sent_at is null limit 1`).length > 0) await Bun.sleep(10)
  const ms = performance.now() - begun
  await relay.stop()
  return ms
}

await sql`select 1`
say('ready')
await hearWords(async () => say('moved', { ms: await move() }))
