import { emit } from '@kontora/events'
import { type Transaction, transaction } from '@kontora/postgres'
import { seededRandom } from '../../stack/prove/random.ts'
import { hearWords, say } from './child.ts'
import { openEmitting } from './emitting.ts'
import { moved } from './ledger.ts'

/** `upto <count>`: eight writers write until the accounts' versions are that many in all. Seeded by the environment. */
const { sql, newId } = openEmitting('writers')
const random = seededRandom(Number(process.env.SEED))
const writers = 8
const accounts = 100
const mostOfAccount = 8

/** Some versions of one account; sent together, they keep their order. */
const bump = async (tx: Transaction, account: string, count: number): Promise<void> => {
  const [row] = await tx<{ version: number }[]>`
    insert into accounts (account, version) values (${account}, ${count})
    on conflict (account) do update set version = accounts.version + ${count} returning version`
  const first = (row?.version ?? 0) - count + 1
  const time = new Date()
  await Promise.all(
    Array.from({ length: count }, (_, i) =>
      emit(tx, moved, { id: newId(), subject: account, time }, { account, version: first + i }),
    ),
  )
}

/** Accounts in one order, or two writers wait for each other. Some changes are undone, and with them their events. */
const change = async (): Promise<number> => {
  const names = [...new Set([random.below(accounts), random.below(accounts)])].sort((a, b) => a - b)
  const counts = names.map(() => 1 + random.below(mostOfAccount))
  const undone = random.below(20) === 0
  try {
    await transaction(sql, async (tx) => {
      for (const [i, name] of names.entries()) await bump(tx, `account-${name}`, counts[i] ?? 1)
      if (undone) throw new Error('undone')
    })
  } catch (error) {
    if (!undone) throw error
    return 0
  }
  return counts.reduce((sum, count) => sum + count, 0)
}

const written = async (): Promise<number> => {
  const [row] = await sql<{ sum: number }[]>`select coalesce(sum(version), 0)::bigint as sum from accounts`
  return row?.sum ?? 0
}

let count = await written()
let allowed = 0

const write = async (): Promise<void> => {
  for (;;) {
    if (count >= allowed) await Bun.sleep(10)
    else {
      const added = await change()
      count += added
    }
  }
}

say('ready')
for (let i = 0; i < writers; i++) void write()
await hearWords(async (word) => {
  allowed = Number(word.split(' ')[1])
})
