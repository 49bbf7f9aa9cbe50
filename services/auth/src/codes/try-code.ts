import { authGuessesExhausted, emit } from '@kontora/events'
import { type Sql, type Transaction, transaction } from '@kontora/postgres'
import type { RateLimit } from '@kontora/service'
import { Id } from '@kontora/validation'
import * as v from 'valibot'
import { guessPauseSeconds, secondsUntil } from '../budgets/budget.ts'
import type { Caller } from '../budgets/caller.ts'
import { giveBackGuess, leftOf, type Slot } from '../budgets/guesses.ts'
import { commonRate, giveBackRates, type NamedRate, networkRate, takeRates } from '../budgets/rates.ts'
import { isKnownOfFlow } from '../devices/known-device.ts'
import type { Resources } from '../resources.ts'
import { isSame } from '../secrets/pepper.ts'
import { payAndCount, type TriedFlow } from './count-try.ts'
import { codeLimit, triesPerCode } from './flow.ts'
import { refusedCode } from './refused-code.ts'

const FlowSecret = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/, '22 characters of base64url'))

export const CodeTry = v.strictObject({
  flowId: Id,
  flowSecret: FlowSecret,
  code: v.pipe(v.string(), v.regex(/^\d{6}$/, '6 digits')),
})
export type CodeTry = v.InferOutput<typeof CodeTry>

/** A code to sign in proves no session, and one that was asked for by a session signs nobody in. */
type WantedTry = CodeTry & { provesSessionId?: string }

/** Whose code was right. */
export type OpenFlow = Pick<
  TriedFlow,
  'id' | 'userId' | 'addressHash' | 'addressSealed' | 'locale' | 'begunAt' | 'sessionId'
> & {
  /** What the guess has cost, until it is given back. */
  paid: { spent: Slot; rates: NamedRate[] }
  /** What a refusal tells, so that one of a right code looks like that of a wrong one. */
  rateLimits: RateLimit[]
}

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
  const paid = { spent, rates: [...ofNetwork, ...rates] }
  const limits = [codeLimit(secondsToNext(tried, resources.now())), ...rateLimits]
  const isOpen = tried.state === 'sent' || tried.state === 'used'
  const codeHash = await hash('code', flowId, code)
  // Compared with something also where there is no code, so that this takes as long.
  if (isSame(codeHash, tried.codeHash ?? tried.secretHash) && isOpen)
    return { ...tried, paid, rateLimits: limits }
  await tellExhausted(resources, tried, spent)
  throw refusedCode(limits)
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
