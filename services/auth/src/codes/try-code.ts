import { authGuessesExhausted, emit } from '@kontora/events'
import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { Id } from '@kontora/validation'
import * as v from 'valibot'
import { guessPauseMs } from '../budgets/budget.ts'
import type { Caller } from '../budgets/caller.ts'
import { giveBackGuess, payersOf, type Spent, spendGuess } from '../budgets/guesses.ts'
import { giveBackRates, takeRates } from '../budgets/rates.ts'
import { isKnownOfFlow } from '../devices/known-device.ts'
import type { Resources } from '../resources.ts'
import { isSame } from '../secrets/pepper.ts'
import { repeatMs, triesPerCode } from './flow.ts'

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
}

type TriedFlow = OpenFlow & {
  state: string
  codeHash: string | null
  tries: number
  deviceHash: string | null
}

/** One refusal for every reason. */
export const refusedCode = () => new Problem('not-signed-in', 'This code is not valid')

const refusedFor = (seconds: number) =>
  new Problem('too-many-requests', 'Too many codes were tried', { retryAfterSeconds: Math.max(1, seconds) })

/**
 * The one guard before every token that a code can give. The try is counted, its guess is paid for, and both are committed
 * before anything is said about it; who lacks the flow's secret counts nothing. A code to sign in proves no session, nor the other way.
 */
export const tryCode = async (
  resources: Resources,
  { flowId, flowSecret, code }: CodeTry,
  { device, network }: Caller = {},
  provesSessionId: string | null = null,
): Promise<OpenFlow> => {
  const { sql, pepper } = resources
  const secretHash = await pepper('flow-secret', flowId, flowSecret)
  const codeHash = await pepper('code', flowId, code)
  const isBounded = !(await isKnownOfFlow(resources, device, flowId))
  if (isBounded) await takeRates(resources, 'guesses', network)
  const verdict = await transaction(sql, async (tx) => {
    const tried = await countTry(tx, resources, { flowId, secretHash, provesSessionId })
    if (!tried) return refusedNow(await pauseOf(tx, resources, flowId, secretHash))
    const spent = await spendGuess(tx, resources, flowId, payersOf(tried))
    if ('freeAt' in spent) return refusedFor((spent.freeAt.getTime() - resources.now().getTime()) / 1000)
    return judge(tx, resources, { ...tried, secretHash }, spent, codeHash)
  })
  if (verdict instanceof Problem) throw verdict
  if (isBounded) await giveBackRates(resources, 'guesses', network)
  return verdict
}

const refusedNow = (pauseMs: number): Problem =>
  pauseMs > 0 ? refusedFor(Math.ceil(pauseMs / 1000)) : refusedCode()

const judge = async (
  tx: Transaction,
  resources: Resources,
  tried: TriedFlow & { secretHash: string },
  spent: Exclude<Spent, { freeAt: Date }>,
  codeHash: string,
): Promise<OpenFlow | Problem> => {
  const isOpen = tried.state === 'sent' || tried.state === 'used'
  if (isSame(codeHash, tried.codeHash ?? tried.secretHash) && isOpen) {
    await giveBackGuess(tx, spent.id)
    await tx`update flows set tried_at = null where id = ${tried.id}`
    return tried
  }
  if (tried.tries === triesPerCode || spent.isLast) await tellExhausted(tx, resources, tried.id)
  if (spent.isLast) resources.log.warn('guesses-exhausted', { of: spent.account.split(':')[0] })
  return refusedCode()
}

const countTry = async (
  tx: Transaction,
  { now }: Resources,
  {
    flowId,
    secretHash,
    provesSessionId,
  }: { flowId: string; secretHash: string; provesSessionId: string | null },
): Promise<TriedFlow | undefined> => {
  const time = now()
  const usedSince = new Date(time.getTime() - repeatMs)
  const [flow] = await tx<TriedFlow[]>`
    update flows set tries = tries + 1, tried_at = ${time}
    where id = ${flowId} and secret_hash = ${secretHash} and tries < ${triesPerCode} and expires_at > ${time}
      and proves_session_id is not distinct from ${provesSessionId}
      and (state in ('resolving', 'sent', 'silent') or (state = 'used' and used_at > ${usedSince}))
      and (tried_at is null or tried_at + interval '1 second' * power(2, tries - 1) <= ${time})
    returning id, user_id, address_hash, address_sealed, locale, begun_at, session_id, state, code_hash, tries, device_hash`
  return flow
}

/** How long a flow that has tries left must still wait. */
const pauseOf = async (
  tx: Transaction,
  { now }: Resources,
  flowId: string,
  secretHash: string,
): Promise<number> => {
  const [flow] = await tx<{ tries: number; triedAt: Date }[]>`
    select tries, tried_at from flows
    where id = ${flowId} and secret_hash = ${secretHash} and tries < ${triesPerCode} and expires_at > ${now()}
      and tried_at is not null and state in ('resolving', 'sent', 'silent')`
  return flow ? flow.triedAt.getTime() + guessPauseMs(flow.tries) - now().getTime() : 0
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
