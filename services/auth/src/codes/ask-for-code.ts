import { wakeJob } from '@kontora/jobs'
import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { Email, Locale } from '@kontora/validation'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import type { Pepper } from '../secrets/pepper.ts'
import { codeMs, flowsPerAddress, shortestWaitSeconds, waitSeconds } from './flow.ts'

export const CodeWish = v.strictObject({ email: Email, locale: v.optional(Locale, 'ru') })
export type CodeWish = v.InferOutput<typeof CodeWish>

export type Asked = { flowId: string; flowSecret: string; expiresAt: Date; resendAfterSeconds: number }

/**
 * Answers alike for everyone: who has this address is found out by the job `resolve-flows`, after the answer. Under the same
 * key a repeat gets the flow of the first time, so that a lost answer costs nobody the wait.
 */
export const askForCode = async (
  resources: Resources,
  { email, locale }: CodeWish,
  key: string | undefined,
): Promise<Asked> => {
  const { sql, now, newId, pepper, seal } = resources
  const addressHash = await pepper('address', email)
  const askedAs = key === undefined ? null : await pepper('asked-as', email, key)
  const id = newId()
  const secretHash = await pepper('flow-secret', id, await flowSecretOf(pepper, id))
  const addressSealed = await seal.close('address', email)
  const flow = await transaction(sql, async (tx) => {
    const time = now()
    const open = await openFlows(tx, addressHash, time)
    const known = open.find((one) => askedAs !== null && one.askedAs === askedAs)
    if (known) return known
    refuseSoon(open, time)
    // A fourth one is never sent; ending an older one instead would let a stranger burn the owner's code.
    const isSent = open.length < flowsPerAddress
    const sending = isSent
      ? { state: 'resolving', addressSealed, askAt: time }
      : { state: 'silent', addressSealed: null, askAt: null }
    const begun = { id, begunAt: time, expiresAt: new Date(time.getTime() + codeMs), askedAs }
    await tx`insert into flows ${tx({ ...begun, ...sending, secretHash, addressHash, locale, tries: 0 })}`
    wakeJob(tx, 'resolve-flows')
    return begun
  })
  const flowSecret = await flowSecretOf(pepper, flow.id)
  return { flowId: flow.id, flowSecret, expiresAt: flow.expiresAt, resendAfterSeconds: shortestWaitSeconds }
}

/** 132 bits that nobody without the pepper can tell. */
const flowSecretOf = async (pepper: Pepper, flowId: string): Promise<string> =>
  (await pepper('flow', flowId)).slice(0, 22)

const refuseSoon = (open: AskedFlow[], time: Date): void => {
  const begun = open.map(({ begunAt }) => begunAt)
  const wait = waitSeconds(begun, time)
  if (wait > 0)
    throw new Problem('too-many-requests', 'A code was asked for a moment ago', { retryAfterSeconds: wait })
}

type AskedFlow = { id: string; begunAt: Date; expiresAt: Date; askedAs: string | null }

/** One at a time for each address, or parallel askers would all be the first. */
const openFlows = async (tx: Transaction, addressHash: string, now: Date): Promise<AskedFlow[]> => {
  await tx`select pg_advisory_xact_lock(hashtextextended(${addressHash}, 1))`
  return tx<AskedFlow[]>`
    select id, begun_at, expires_at, asked_as from flows
    where address_hash = ${addressHash} and expires_at > ${now} and state in ('resolving', 'sent', 'silent')`
}
