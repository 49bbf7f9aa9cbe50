import { authGuessesExhausted, emit } from '@kontora/events'
import { type Sql, type Transaction, transaction } from '@kontora/postgres'
import { Problem, type RateLimit } from '@kontora/service'
import { Id } from '@kontora/validation'
import * as v from 'valibot'
import { accountLimit, guessPauseSeconds, secondsUntil } from '../budgets/budget.ts'
import type { Caller } from '../budgets/caller.ts'
import { type Account, giveBackGuess, leftOf, payersOf, type Slot, spendGuess } from '../budgets/guesses.ts'
import { commonRate, giveBackRates, type NamedRate, networkRate, takeRates } from '../budgets/rates.ts'
import { isKnownOfFlow } from '../devices/known-device.ts'
import type { Resources } from '../resources.ts'
import { type Hash, isSame } from '../secrets/pepper.ts'
import { codeLimit, secondsToTry, type TriedStanding, triesPerCode } from './flow.ts'

const FlowSecret = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/, '22 characters of base64url'))

export const CodeTry = v.strictObject({
  flowId: Id,
  flowSecret: FlowSecret,
  code: v.pipe(v.string(), v.regex(/^\d{6}$/, '6 digits')),
})
export type CodeTry = v.InferOutput<typeof CodeTry>

/** A code to sign in proves no session, and one that was asked for by a session signs nobody in. */
type WantedTry = CodeTry & { provesSessionId?: string }

/** `userId` is null for an address that becomes a user only now, by open registration; `addressSealed` is for that. */
export type OpenFlow = {
  id: string
  userId: string | null
  addressHash: string
  addressSealed: string | null
  locale: string
  begunAt: Date
  /** The session that this flow has opened a moment ago: the answer was lost, and the caller repeats. */
  sessionId: string | null
  /** What the guess has cost, until it is given back. */
  paid: Paid
  /** What a refusal tells, so that one of a right code looks like that of a wrong one. */
  rateLimits: RateLimit[]
}

type Paid = { spent: Slot; rates: NamedRate[] }

type TriedFlow = Omit<OpenFlow, 'rateLimits' | 'paid'> &
  TriedStanding & {
    secretHash: string
    codeHash: string | null
    pepperId: string
    deviceHash: string | null
    isHeld: boolean
  }

/** One refusal for every reason. */
export const refusedCode = (rateLimits: RateLimit[] = []) =>
  new Problem('not-signed-in', 'This code is not valid', { rateLimits })

export const isRefusedCode = (error: unknown): error is Problem =>
  error instanceof Problem && error.code === 'not-signed-in' && error.details.rateLimits !== undefined

const refusedFor = (retryAfterSeconds: number, rateLimits: RateLimit[]) =>
  new Problem('too-many-requests', 'Too many codes were tried', { retryAfterSeconds, rateLimits })

/**
 * The one guard before every token that a code can give. The try is counted, its guess is paid for, and both are committed
 * before anything is said about it; who lacks the flow's secret counts nothing. Whoever was right goes on to `work`, which ends
 * with `useFlow`; what is right costs nothing, also when that fails.
 */
export const withCode = async <Result>(
  resources: Resources,
  wanted: WantedTry,
  caller: Caller,
  work: (flow: OpenFlow) => Promise<Result>,
): Promise<Result> => {
  const flow = await tryCode(resources, wanted, caller)
  try {
    return await work(flow)
  } catch (error) {
    await giveBack(resources, flow)
    throw error
  }
}

const tryCode = async (
  resources: Resources,
  { flowId, flowSecret, code, provesSessionId }: WantedTry,
  { device, network }: Caller,
): Promise<OpenFlow> => {
  const isBounded = !(await isKnownOfFlow(resources, device, flowId))
  const ofNetwork = isBounded ? networkRate(resources, 'guesses', network) : []
  const rateLimits = await takeRates(resources, ofNetwork)
  const ofAll = isBounded ? commonRate(resources, 'guesses') : []
  const trying = { flowId, flowSecret, provesSessionId: provesSessionId ?? null, rateLimits, ofAll }
  const { tried, hash, spent, rates } = await payAndCount(resources, trying)
  const paid: Paid = { spent, rates: [...ofNetwork, ...rates] }
  const limits = [codeLimit(secondsToNext(tried, resources.now())), ...rateLimits]
  const isOpen = tried.state === 'sent' || tried.state === 'used'
  const codeHash = await hash('code', flowId, code)
  // Compared with something also where there is no code, so that this takes as long.
  if (isSame(codeHash, tried.codeHash ?? tried.secretHash) && isOpen)
    return { ...tried, paid, rateLimits: limits }
  await tellExhausted(resources, tried, spent)
  throw refusedCode(limits)
}

type Trying = {
  flowId: string
  flowSecret: string
  provesSessionId: string | null
  rateLimits: RateLimit[]
  ofAll: NamedRate[]
}
type Counted = { tried: TriedFlow; hash: Hash; spent: Slot; rates: NamedRate[] }

/**
 * The guess that was set aside when the code was sent is paid for; only a later one costs what all have together, before it is
 * counted. A try is counted only as the next after the one that was read, so parallel ones at one code are judged one after another.
 */
const payAndCount = async (resources: Resources, trying: Trying): Promise<Counted> => {
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

const secondsToNext = ({ tries, triedAt, expiresAt }: TriedFlow, now: Date): number =>
  tries === triesPerCode ? secondsUntil(expiresAt, now) : guessPauseSeconds(tries, triedAt, now)

const tellExhausted = async (resources: Resources, tried: TriedFlow, { account }: Slot): Promise<void> => {
  const { sql, log, now, newId } = resources
  const isLastTry = tried.tries === triesPerCode
  const isLastGuess = (await leftOf(resources, account)).left === 0
  if (isLastTry) log.warn('guesses-exhausted', { of: 'code' })
  if (isLastGuess) log.warn('guesses-exhausted', { of: account.split(':')[0] })
  if (!isLastTry && !isLastGuess) return
  const occurrence = { id: newId(), subject: tried.id, time: now() }
  await transaction(sql, (tx) => emit(tx, authGuessesExhausted, occurrence, { flowId: tried.id }))
}

type Own<Kind extends Sql> = Omit<Resources, 'sql'> & { sql: Kind }

const giveBackPaid = async (resources: Own<Sql>, { paid: { spent, rates } }: OpenFlow): Promise<void> => {
  await Promise.all([giveBackGuess(resources.sql, spent), giveBackRates(resources, rates)])
}

/** Of a right code that opened nothing now; the next guess need not wait either. */
export const giveBack = async (resources: Resources, flow: OpenFlow): Promise<void> => {
  await resources.sql`update flows set tried_at = null where id = ${flow.id}`
  await giveBackPaid(resources, flow)
}

/** A code is good for one sign-in: of two that hold the right one, the second is refused. */
export const useFlow = async (
  resources: Own<Transaction>,
  flow: OpenFlow,
  sessionId: string,
): Promise<void> => {
  const { sql: tx, now } = resources
  const [used] = await Promise.all([
    tx`
      update flows set state = 'used', address_sealed = null, session_id = ${sessionId}, used_at = ${now()},
        tried_at = null
      where id = ${flow.id} and state = 'sent' returning id`,
    giveBackPaid(resources, flow),
  ])
  if (used.length === 0) throw refusedCode()
}
