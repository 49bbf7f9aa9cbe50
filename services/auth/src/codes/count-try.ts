import type { Problem, RateLimit } from '@kontora/service'
import { accountLimit, secondsUntil } from '../budgets/budget.ts'
import { type Account, leftOf, payersOf, type Slot, spendGuess } from '../budgets/guesses.ts'
import { giveBackRates, type NamedRate, takeRates } from '../budgets/rates.ts'
import type { Resources } from '../resources.ts'
import { type Hash, isSame } from '../secrets/pepper.ts'
import { codeLimit, secondsToTry, type TriedStanding } from './flow.ts'
import { refusedCode, refusedFor } from './refused-code.ts'

/** `userId` is null for an address that becomes a user only now, by open registration; `addressSealed` is for that. */
export type TriedFlow = TriedStanding & {
  id: string
  userId: string | null
  addressHash: string
  addressSealed: string | null
  locale: string
  begunAt: Date
  /** The session that this flow has opened a moment ago: the answer was lost, and the caller repeats. */
  sessionId: string | null
  secretHash: string
  codeHash: string | null
  pepperId: string
  deviceHash: string | null
  isHeld: boolean
}

type Trying = {
  flowId: string
  flowSecret: string
  provesSessionId: string | null
  rateLimits: RateLimit[]
  ofAll: NamedRate[]
}
export type Counted = { tried: TriedFlow; hash: Hash; spent: Slot; rates: NamedRate[] }

/**
 * The guess that was set aside when the code was sent is paid for; only a later one costs what all have together, before it is
 * counted. A try is counted only as the next after the one that was read, so parallel ones at one code are judged one after another.
 */
export const payAndCount = async (resources: Resources, trying: Trying): Promise<Counted> => {
  for (;;) {
    const { flow, hash } = await readFlow(resources, trying)
    const rates = flow.isHeld ? [] : trying.ofAll
    await takeRates(resources, rates)
    const counted = await countTry(resources, flow)
    const spent = counted?.held ?? (counted && (await spendGuess(resources, flow.id, payersOf(flow))))
    if (counted && spent) return { tried: counted.tried, hash, spent, rates }
    await giveBackRates(resources, rates)
    if (counted) throw await refusedAccount(resources, flow, trying.rateLimits)
  }
}

const readFlow = async (
  { sql, now, codePeppers }: Resources,
  { flowId, flowSecret, provesSessionId, rateLimits }: Trying,
): Promise<{ flow: TriedFlow; hash: Hash }> => {
  const time = now()
  const [flow] = await sql<TriedFlow[]>`
    select id, user_id, address_hash, address_sealed, locale, begun_at, expires_at, session_id, used_at, state,
      secret_hash, code_hash, pepper_id, tries, tried_at, device_hash,
      exists (select from guess_slots where flow_id = flows.id and held_until > ${time}) as is_held
    from flows where id = ${flowId} and proves_session_id is not distinct from ${provesSessionId}`
  // Of a flow that is none, or whose pepper is destroyed, any: nothing is equal under it.
  const hash = (flow && (await codePeppers.find(flow.pepperId))) ?? (await codePeppers.current()).hash
  const isOwn = isSame(await hash('flow-secret', flowId, flowSecret), flow?.secretHash ?? '')
  const wait = flow && secondsToTry(flow, time)
  if (!flow || !isOwn || wait === undefined) throw refusedCode(rateLimits)
  if (wait > 0) throw refusedFor(wait, [codeLimit(wait), ...rateLimits])
  return { flow, hash }
}

/** Undefined when another was counted first. */
const countTry = async (
  { sql, now }: Resources,
  flow: TriedFlow,
): Promise<{ tried: TriedFlow; held: Slot | undefined } | undefined> => {
  const time = now()
  const tries = flow.tries + 1
  const [counted] = await sql<{ account: Account | null; slot: number | null }[]>`
    with tried as (
      update flows set tries = ${tries}, tried_at = ${time}
      where id = ${flow.id} and tries = ${flow.tries} and state = ${flow.state} returning id
    ), paid as (
      update guess_slots set held_until = null, guessed_at = ${time} from tried
      where flow_id = tried.id and held_until > ${time} returning account, slot
    )
    select account, slot from tried left join paid on true`
  if (!counted) return undefined
  const { account, slot } = counted
  const held = account === null || slot === null ? undefined : { account, slot, flowId: flow.id }
  return { tried: { ...flow, tries, triedAt: time }, held }
}

const refusedAccount = async (
  resources: Resources,
  flow: TriedFlow,
  rateLimits: RateLimit[],
): Promise<Problem> => {
  const last = payersOf(flow).at(-1)
  const freeAt = last && (await leftOf(resources, last)).freeAt
  const wait = Math.max(1, secondsUntil(freeAt ?? resources.now(), resources.now()))
  return refusedFor(wait, [accountLimit(wait), ...rateLimits])
}
