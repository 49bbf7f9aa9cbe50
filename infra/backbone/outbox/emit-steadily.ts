import { createRelay, emit } from '@kontora/events'
import { afterCommit, transaction } from '@kontora/postgres'
import { seededRandom } from '../../stack/prove/random.ts'
import { hearWords, say } from './child.ts'
import { openEmitting } from './emitting.ts'
import { moved } from './ledger.ts'

/** `emit <events> <a second>`: changes that come at random, so many a second, in a process that has the relay too. */
const emitting = openEmitting()
const { sql, newId } = emitting
const random = seededRandom(1)
const accounts = 1000

const change = async (committed: Record<string, number>): Promise<void> => {
  const account = `account-${random.below(accounts)}`
  await transaction(sql, async (tx) => {
    const [row] = await tx<{ version: number }[]>`
      insert into accounts (account, version) values (${account}, 1)
      on conflict (account) do update set version = accounts.version + 1 returning version`
    const id = newId()
    const data = { account, version: row?.version ?? 0 }
    await emit(tx, moved, { id, subject: account, time: new Date() }, data)
    afterCommit(tx, () => {
      committed[id] = Date.now()
    })
  })
}

const emitAll = async (count: number, perSecond: number): Promise<Record<string, number>> => {
  const committed: Record<string, number> = {}
  const changes: Promise<void>[] = []
  let due = performance.now()
  for (let i = 0; i < count; i++) {
    due += (-Math.log(1 - random.below(1e6) / 1e6) * 1000) / perSecond
    const wait = due - performance.now()
    if (wait > 0) await Bun.sleep(wait)
    changes.push(change(committed))
  }
  await Promise.all(changes)
  return committed
}

const relay = createRelay(emitting)
relay.start()
say('ready')
await hearWords(async (word) => {
  const [, count = '0', perSecond = '200'] = word.split(' ')
  say('emitted', { committed: await emitAll(Number(count), Number(perSecond)) })
})
