import type { Sql } from '@kontora/postgres'
import type { Person } from '../addresses/find-person.ts'
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

/** All that is counted of a person: his own account, or those of an address under each accepted key. */
export const accountsOf = ({ userId, addressHashes }: Person): Account[] =>
  userId === null ? addressHashes.map((hash) => `address:${hash}` as const) : [`user:${userId}`]

const limitOf = (account: Account): number => (account.startsWith('device:') ? reservePerDay : guessesPerDay)

type Own = { sql: Sql } & Pick<Resources, 'now'>

/**
 * One of the numbered guesses that an account has in a day. Two can never hold the same, so more than there are can never be
 * spent, whatever runs at once.
 */
export type Slot = { account: Account; slot: number; flowId: string }

type Taking = { flowId: string; accounts: Account[]; heldUntil: Date | null }

/** Of the first account that has one. Whoever was beaten to it looks again, and there is one less each time. */
const takeSlot = async (
  { sql, now }: Own,
  { flowId, accounts, heldUntil }: Taking,
): Promise<Slot | undefined> => {
  const time = now()
  const dayAgo = new Date(time.getTime() - dayMs)
  const payers = accounts.map((account, place) => [account, String(place), String(limitOf(account))])
  for (;;) {
    const [chosen] = await sql<{ account: Account; slot: number; isTaken: boolean }[]>`
      with free as (
        select payer.account, each.slot from (values ${sql(payers)}) payer (account, place, most),
          generate_series(1, payer.most::integer) each (slot)
        where not exists (
          select from guess_slots busy where busy.account = payer.account and busy.slot = each.slot
            and busy.guessed_at > ${dayAgo} and (busy.held_until is null or busy.held_until > ${time}))
        order by payer.place::integer, each.slot limit 1
      ), taken as (
        insert into guess_slots as own (account, slot, flow_id, guessed_at, held_until)
        select account, slot, ${flowId}::uuid, ${time}::timestamptz, ${heldUntil}::timestamptz from free
        on conflict (account, slot) do update
          set flow_id = excluded.flow_id, guessed_at = excluded.guessed_at, held_until = excluded.held_until
          where own.guessed_at <= ${dayAgo} or own.held_until <= ${time}
        returning slot
      )
      select account, slot, exists (select from taken) as is_taken from free`
    if (!chosen) return undefined
    if (chosen.isTaken) return { account: chosen.account, slot: chosen.slot, flowId }
  }
}

/**
 * The first guess at a code is set aside when it is sent, so that whoever asked in time can use his, however many others guess
 * at codes of their own. False when the accounts have none left: such a code is not sent.
 */
export const holdGuess = async (
  own: Own,
  flowId: string,
  accounts: Account[],
  until: Date,
): Promise<boolean> => (await takeSlot(own, { flowId, accounts, heldUntil: until })) !== undefined

/** Before anything is compared; the first account that has a guess left pays. Undefined when none has. */
export const spendGuess = (own: Own, flowId: string, accounts: Account[]): Promise<Slot | undefined> =>
  takeSlot(own, { flowId, accounts, heldUntil: null })

/** What was guessed before it was known whose address it is counts for its owner, or that would tell that it has one. */
export const joinGuesses = async (own: Own, flowId: string, owner: Owner): Promise<void> => {
  const account = accountOf(owner)
  const before = accountOf({ ...owner, userId: null })
  if (account === before) return
  const made = await own.sql`
    delete from guess_slots where flow_id = ${flowId} and account = ${before} returning slot`
  for (const _ of made) await spendGuess(own, flowId, [account])
}

/** What is left of an account, and when something of it is free again. */
export const leftOf = async (
  { sql, now }: Own,
  account: Account,
): Promise<{ left: number; freeAt: Date | null }> => {
  const time = now()
  const dayAgo = new Date(time.getTime() - dayMs)
  const [row] = await sql<{ busy: number; oldest: Date | null }[]>`
    select count(*)::integer as busy, min(coalesce(held_until, guessed_at + interval '1 day')) as oldest
    from guess_slots where account = ${account}
      and guessed_at > ${dayAgo} and (held_until is null or held_until > ${time})`
  return { left: limitOf(account) - (row?.busy ?? 0), freeAt: row?.oldest ?? null }
}

/** Only wrong ones count. */
export const giveBackGuess = async (sql: Sql, { account, slot, flowId }: Slot): Promise<void> => {
  await sql`delete from guess_slots where account = ${account} and slot = ${slot} and flow_id = ${flowId}`
}
