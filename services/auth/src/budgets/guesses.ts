import type { Transaction } from '@kontora/postgres'
import type { Resources } from '../resources.ts'
import { dayMs, guessesPerDay, reservePerDay } from './budget.ts'

/** Whose guesses are counted together. */
export type Account = `user:${string}` | `address:${string}` | `device:${string}` | `recovery:${string}`

type Owner = { userId: string | null; addressHash: string }

/** All addresses of a person are one account; of an address that is nobody's, the address is. */
const accountOf = ({ userId, addressHash }: Owner): Account =>
  userId === null ? `address:${addressHash}` : `user:${userId}`

/** Of the device that an address's person has signed in from before. */
const reserveOf = (deviceHash: string, addressHash: string): Account => `device:${deviceHash} ${addressHash}`

type TriedFlow = Owner & { deviceHash: string | null }
/** In their order: the account, then what a known device has beside it. */
export const payersOf = (flow: TriedFlow): Account[] => [
  accountOf(flow),
  ...(flow.deviceHash === null ? [] : [reserveOf(flow.deviceHash, flow.addressHash)]),
]

const limitOf = (account: Account): number => (account.startsWith('device:') ? reservePerDay : guessesPerDay)

type Chance = Pick<Resources, 'now' | 'newId'>
type Left = { left: number; freeAt: Date | undefined }

/** One at a time for each account, over all instances, until the caller's commit. */
const leftOf = async (tx: Transaction, { now }: Chance, account: Account): Promise<Left> => {
  await tx`select pg_advisory_xact_lock(hashtextextended(${account}, 2))`
  const time = now()
  const dayAgo = new Date(time.getTime() - dayMs)
  await tx`delete from guesses where account = ${account} and (guessed_at <= ${dayAgo} or held_until <= ${time})`
  const [row] = await tx<{ count: number; oldest: Date | null }[]>`
    select count(*)::integer as count, min(guessed_at) as oldest from guesses where account = ${account}`
  const oldest = row?.oldest ?? time
  return { left: limitOf(account) - (row?.count ?? 0), freeAt: new Date(oldest.getTime() + dayMs) }
}

/**
 * The first guess at a code is set aside when it is sent, so that whoever asked in time can use his, however many others guess
 * at codes of their own. False when the accounts have none left: such a code is not sent.
 */
export const holdGuess = async (
  tx: Transaction,
  chance: Chance,
  flowId: string,
  accounts: Account[],
  until: Date,
): Promise<boolean> => {
  for (const account of accounts) {
    if ((await leftOf(tx, chance, account)).left <= 0) continue
    const guess = { id: chance.newId(), account, flowId, guessedAt: chance.now(), heldUntil: until }
    await tx`insert into guesses ${tx(guess)}`
    return true
  }
  return false
}

/** What was spent, or when there is something again. `isLast`: nothing is left of the account now. */
export type Spent = { id: string; account: Account; isLast: boolean } | { freeAt: Date }

/** Before anything is compared; the first account that has a guess left pays. */
export const spendGuess = async (
  tx: Transaction,
  chance: Chance,
  flowId: string,
  accounts: Account[],
): Promise<Spent> => {
  let freeAt = chance.now()
  const [held] = await tx<{ id: string; account: Account }[]>`
    update guesses set held_until = null, guessed_at = ${chance.now()}
    where flow_id = ${flowId} and held_until > ${chance.now()} returning id, account`
  if (held) return { ...held, isLast: (await leftOf(tx, chance, held.account)).left === 0 }
  for (const account of accounts) {
    const { left, freeAt: free } = await leftOf(tx, chance, account)
    if (left > 0) {
      const id = chance.newId()
      await tx`insert into guesses ${tx({ id, account, flowId, guessedAt: chance.now() })}`
      return { id, account, isLast: left === 1 }
    }
    if (free) freeAt = free
  }
  return { freeAt }
}

/** Only wrong ones count. */
export const giveBackGuess = async (tx: Transaction, id: string): Promise<void> => {
  await tx`delete from guesses where id = ${id}`
}
