import { authGuessesExhausted, emit } from '@kontora/events'
import { type Transaction, transaction } from '@kontora/postgres'
import { Problem, type RateLimit } from '@kontora/service'
import { Id } from '@kontora/validation'
import * as v from 'valibot'
import { accountLimit, guessPauseSeconds, secondsUntil } from '../budgets/budget.ts'
import type { Caller } from '../budgets/caller.ts'
import { giveBackGuess, payersOf, type SpentGuess, spendGuess } from '../budgets/guesses.ts'
import { commonRate, giveBackRates, networkRate, takeRates } from '../budgets/rates.ts'
import { isKnownOfFlow } from '../devices/known-device.ts'
import type { Resources } from '../resources.ts'
import { isSame } from '../secrets/pepper.ts'
import { codeLimit, secondsToTry, type TriedStanding, triesPerCode } from './flow.ts'

const FlowSecret = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/, '22 characters of base64url'))

export const CodeTry = v.strictObject({
  flowId: Id,
  flowSecret: FlowSecret,
  code: v.pipe(v.string(), v.regex(/^\d{6}$/, '6 digits')),
})
export type CodeTry = v.InferOutput<typeof CodeTry>

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
  /** What a refusal tells, so that one of a right code looks like that of a wrong one. */
  rateLimits: RateLimit[]
}

type TriedFlow = Omit<OpenFlow, 'rateLimits'> &
  TriedStanding & { codeHash: string | null; deviceHash: string | null }

/** One refusal for every reason. */
export const refusedCode = (rateLimits: RateLimit[] = []) =>
  new Problem('not-signed-in', 'This code is not valid', { rateLimits })

const refusedFor = (retryAfterSeconds: number, rateLimits: RateLimit[]) =>
  new Problem('too-many-requests', 'Too many codes were tried', { retryAfterSeconds, rateLimits })

/**
 * The one guard before every token that a code can give. The try is counted, its guess is paid for, and both are committed
 * before anything is said about it; who lacks the flow's secret counts nothing.
 */
export const tryCode = async (
  resources: Resources,
  { flowId, flowSecret, code }: CodeTry,
  { device, network }: Caller = {},
): Promise<OpenFlow> => {
  const { sql, pepper } = resources
  const secretHash = await pepper('flow-secret', flowId, flowSecret)
  const codeHash = await pepper('code', flowId, code)
  const isBounded = !(await isKnownOfFlow(resources, device, flowId))
  const ofNetwork = isBounded ? networkRate(resources, 'guesses', network) : []
  const ofAll = isBounded ? commonRate(resources, 'guesses') : []
  const rateLimits = await takeRates(resources, ofNetwork)
  const verdict = await transaction(sql, async (tx) => {
    const tried = await countTry(tx, resources, { flowId, secretHash, rateLimits })
    if (tried instanceof Problem) return tried
    const spent = await spendGuess(tx, resources, flowId, payersOf(tried))
    if ('freeAt' in spent) {
      const wait = Math.max(1, secondsUntil(spent.freeAt, resources.now()))
      return refusedFor(wait, [accountLimit(wait), ...rateLimits])
    }
    // Only what is compared costs all together, and not what was set aside; refused, it is undone and counts nothing.
    const paid = spent.wasHeld ? [] : ofAll
    await takeRates({ ...resources, sql: tx }, paid)
    return judge(tx, resources, { tried, secretHash, codeHash, spent, paid, rateLimits })
  })
  if (verdict instanceof Problem) throw verdict
  await giveBackRates(resources, ofNetwork)
  return verdict
}

/** The lock first: parallel guesses at one code are judged one after another. */
const countTry = async (
  tx: Transaction,
  { now }: Resources,
  { flowId, secretHash, rateLimits }: { flowId: string; secretHash: string; rateLimits: RateLimit[] },
): Promise<TriedFlow | Problem> => {
  const [flow] = await tx<TriedFlow[]>`
    select id, user_id, address_hash, address_sealed, locale, begun_at, expires_at, session_id, used_at, state,
      code_hash, tries, tried_at, device_hash
    from flows where id = ${flowId} and secret_hash = ${secretHash} for update`
  const time = now()
  const wait = flow && secondsToTry(flow, time)
  if (!flow || wait === undefined) return refusedCode(rateLimits)
  if (wait > 0) return refusedFor(wait, [codeLimit(wait), ...rateLimits])
  const tries = flow.tries + 1
  await tx`update flows set tries = ${tries}, tried_at = ${time} where id = ${flowId}`
  return { ...flow, tries, triedAt: time }
}

type Judged = {
  tried: TriedFlow
  secretHash: string
  codeHash: string
  spent: SpentGuess
  paid: ReturnType<typeof commonRate>
  rateLimits: RateLimit[]
}

const judge = async (
  tx: Transaction,
  resources: Resources,
  { tried, secretHash, codeHash, spent, paid, rateLimits }: Judged,
): Promise<OpenFlow | Problem> => {
  const isLastTry = tried.tries === triesPerCode
  const time = resources.now()
  const pause = isLastTry
    ? secondsUntil(tried.expiresAt, time)
    : guessPauseSeconds(tried.tries, tried.triedAt, time)
  const limits = [codeLimit(pause), ...rateLimits]
  const isOpen = tried.state === 'sent' || tried.state === 'used'
  if (isSame(codeHash, tried.codeHash ?? secretHash) && isOpen) {
    await giveBackGuess(tx, spent.id)
    await giveBackRates({ sql: tx }, paid)
    await tx`update flows set tried_at = null where id = ${tried.id}`
    return { ...tried, rateLimits: limits }
  }
  if (isLastTry || spent.isLast) await tellExhausted(tx, resources, tried.id)
  if (isLastTry) resources.log.warn('guesses-exhausted', { of: 'code' })
  if (spent.isLast) resources.log.warn('guesses-exhausted', { of: spent.account.split(':')[0] })
  return refusedCode(limits)
}

const tellExhausted = (tx: Transaction, { now, newId }: Resources, flowId: string): Promise<void> =>
  emit(tx, authGuessesExhausted, { id: newId(), subject: flowId, time: now() }, { flowId })

/** A code is good for one sign-in: of two that hold the right one, the second is refused. */
export const useFlow = async (
  tx: Transaction,
  flowId: string,
  { sessionId, usedAt }: { sessionId: string; usedAt: Date },
): Promise<void> => {
  const used = await tx`
    update flows set state = 'used', address_sealed = null, session_id = ${sessionId}, used_at = ${usedAt}
    where id = ${flowId} and state = 'sent' returning id`
  if (used.length === 0) throw refusedCode()
}
