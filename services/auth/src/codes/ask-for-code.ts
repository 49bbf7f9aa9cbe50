import { wakeJob } from '@kontora/jobs'
import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { Email, Locale } from '@kontora/validation'
import { base64url } from 'jose'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { codeMs, flowsPerAddress, shortestWaitSeconds, waitSeconds } from './flow.ts'

export const CodeWish = v.strictObject({ email: Email, locale: v.optional(Locale, 'ru') })
export type CodeWish = v.InferOutput<typeof CodeWish>

export type Asked = { flowId: string; flowSecret: string; expiresAt: Date; resendAfterSeconds: number }

/** Answers alike for everyone: who has this address is found out by the job `resolve-flows`, after the answer. */
export const askForCode = async (resources: Resources, { email, locale }: CodeWish): Promise<Asked> => {
  const { sql, now, newId, random, pepper, seal } = resources
  const flowId = newId()
  const flowSecret = base64url.encode(random(16))
  const addressHash = await pepper('address', email)
  const secretHash = await pepper('flow-secret', flowId, flowSecret)
  const addressSealed = await seal.close('address', email)
  const time = now()
  const expiresAt = new Date(time.getTime() + codeMs)
  await transaction(sql, async (tx) => {
    const open = await openFlows(tx, addressHash, time)
    const wait = waitSeconds(open, time)
    if (wait > 0)
      throw new Problem('too-many-requests', 'A code was asked for a moment ago', { retryAfterSeconds: wait })
    // A fourth one is never sent; ending an older one instead would let a stranger burn the owner's code.
    const state = open.length < flowsPerAddress ? 'resolving' : 'silent'
    const hashes = { secretHash, addressHash, addressSealed: state === 'silent' ? null : addressSealed }
    const times = { begunAt: time, expiresAt, askAt: state === 'silent' ? null : time }
    await tx`insert into flows ${tx({ id: flowId, ...hashes, locale, state, tries: 0, ...times })}`
    wakeJob(tx, 'resolve-flows')
  })
  return { flowId, flowSecret, expiresAt, resendAfterSeconds: shortestWaitSeconds }
}

/** One at a time for each address, or parallel askers would all be the first. */
const openFlows = async (tx: Transaction, addressHash: string, now: Date): Promise<Date[]> => {
  await tx`select pg_advisory_xact_lock(hashtextextended(${addressHash}, 1))`
  const rows = await tx<{ begunAt: Date }[]>`
    select begun_at from flows
    where address_hash = ${addressHash} and expires_at > ${now} and state in ('resolving', 'sent', 'silent')`
  return rows.map(({ begunAt }) => begunAt)
}
