import { authGuessesExhausted, emit } from '@kontora/events'
import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { Id } from '@kontora/validation'
import * as v from 'valibot'
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

type TriedFlow = OpenFlow & { state: string; codeHash: string | null; tries: number }

/** One refusal for every reason. */
export const refusedCode = () => new Problem('not-signed-in', 'This code is not valid')

/** The try is counted and committed before anything is said about it; who lacks the flow's secret counts nothing. */
export const tryCode = async (
  resources: Resources,
  { flowId, flowSecret, code }: CodeTry,
): Promise<OpenFlow> => {
  const { sql, pepper } = resources
  const secretHash = await pepper('flow-secret', flowId, flowSecret)
  const codeHash = await pepper('code', flowId, code)
  const flow = await transaction(sql, async (tx) => {
    const tried = await countTry(tx, resources, flowId, secretHash)
    if (!tried) return undefined
    const isOpen = tried.state === 'sent' || tried.state === 'used'
    const right = isSame(codeHash, tried.codeHash ?? secretHash) && isOpen
    if (!right && tried.tries === triesPerCode) await tellExhausted(tx, resources, flowId)
    return right ? tried : undefined
  })
  if (!flow) throw refusedCode()
  return flow
}

const countTry = async (
  tx: Transaction,
  { now }: Resources,
  flowId: string,
  secretHash: string,
): Promise<TriedFlow | undefined> => {
  const time = now()
  const usedSince = new Date(time.getTime() - repeatMs)
  const [flow] = await tx<TriedFlow[]>`
    update flows set tries = tries + 1
    where id = ${flowId} and secret_hash = ${secretHash} and tries < ${triesPerCode} and expires_at > ${time}
      and (state in ('resolving', 'sent', 'silent') or (state = 'used' and used_at > ${usedSince}))
    returning id, user_id, address_hash, address_sealed, locale, begun_at, session_id, state, code_hash, tries`
  return flow
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
