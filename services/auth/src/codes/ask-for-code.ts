import { wakeJob } from '@kontora/jobs'
import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { Email, Locale } from '@kontora/validation'
import * as v from 'valibot'
import { coolDown, dayMs, nextCoolDownSeconds, reservePerDay } from '../budgets/budget.ts'
import type { Caller } from '../budgets/caller.ts'
import { takeRates } from '../budgets/rates.ts'
import { isKnownDevice } from '../devices/known-device.ts'
import type { Resources } from '../resources.ts'
import type { Pepper } from '../secrets/pepper.ts'
import { codeMs, flowsPerAddress } from './flow.ts'

export const CodeWish = v.strictObject({ email: Email, locale: v.optional(Locale, 'ru') })
export type CodeWish = v.InferOutput<typeof CodeWish>

export type Asked = { flowId: string; flowSecret: string; expiresAt: Date; resendAfterSeconds: number }

type Asker = Caller & { key?: string | undefined; provesSessionId?: string | null }

/**
 * Answers alike for everyone: who has this address is found out by the job `resolve-flows`, after the answer. Under the same
 * key a repeat gets the flow of the first time, so that a lost answer costs nobody the wait.
 */
export const askForCode = async (
  resources: Resources,
  { email, locale }: CodeWish,
  { key, device, network, provesSessionId = null }: Asker = {},
): Promise<Asked> => {
  const { sql, now, newId, pepper, seal } = resources
  const addressHash = await pepper('address', email)
  const askedAs = key === undefined ? null : await pepper('asked-as', email, key)
  const id = newId()
  const secretHash = await pepper('flow-secret', id, await flowSecretOf(pepper, id))
  const addressSealed = await seal.close('address', email)
  const reserve = (await isKnownDevice(resources, device, addressHash)) ? (device?.hash ?? null) : null
  // A known device is bounded by what is its own.
  if (reserve === null) await takeRates(resources, 'codes', network)
  const { flow, askedBefore } = await transaction(sql, async (tx) => {
    const time = now()
    const asked = await flowsOfDay(tx, { addressHash, provesSessionId }, time)
    const known = asked.find((one) => askedAs !== null && one.askedAs === askedAs && one.expiresAt > time)
    if (known) return { flow: known, askedBefore: asked.indexOf(known) }
    const byReserve = admit(asked, reserve, time)
    // A fourth one is never sent; ending an older one instead would let a stranger burn the owner's code.
    const isSent = byReserve || asked.filter(({ expiresAt }) => expiresAt > time).length < flowsPerAddress
    const sending = isSent
      ? { state: 'resolving', addressSealed, askAt: time }
      : { state: 'silent', addressSealed: null, askAt: null }
    const begun = { id, begunAt: time, expiresAt: new Date(time.getTime() + codeMs), askedAs }
    const row = {
      ...begun,
      ...sending,
      secretHash,
      addressHash,
      locale,
      tries: 0,
      deviceHash: reserve,
      byReserve,
      provesSessionId,
    }
    await tx`insert into flows ${tx(row)}`
    wakeJob(tx, 'resolve-flows')
    return { flow: begun, askedBefore: asked.length }
  })
  const flowSecret = await flowSecretOf(pepper, flow.id)
  const resendAfterSeconds = nextCoolDownSeconds(askedBefore)
  return { flowId: flow.id, flowSecret, expiresAt: flow.expiresAt, resendAfterSeconds }
}

/** 132 bits that nobody without the pepper can tell. */
const flowSecretOf = async (pepper: Pepper, flowId: string): Promise<string> =>
  (await pepper('flow', flowId)).slice(0, 22)

/** Refused while the address cools down, unless the device has a code of its own left: then true. */
const admit = (asked: AskedFlow[], deviceHash: string | null, time: Date): boolean => {
  const wait = coolDown(
    asked.map(({ begunAt }) => begunAt),
    time,
  )
  if (wait === 0) return false
  const spent = asked.filter((one) => one.byReserve && one.deviceHash === deviceHash).length
  if (deviceHash !== null && spent < reservePerDay) return true
  throw new Problem('too-many-requests', 'A code was asked for a moment ago', { retryAfterSeconds: wait })
}

type AskedFlow = {
  id: string
  begunAt: Date
  expiresAt: Date
  askedAs: string | null
  deviceHash: string | null
  byReserve: boolean
}

/** What was used costs nothing, and what a session asks for is its own: whoever holds one stops no sign-in by it. One at a time for each address, or parallel askers would all be the first. */
const flowsOfDay = async (
  tx: Transaction,
  { addressHash, provesSessionId }: { addressHash: string; provesSessionId: string | null },
  now: Date,
): Promise<AskedFlow[]> => {
  await tx`select pg_advisory_xact_lock(hashtextextended(${addressHash}, 1))`
  const dayAgo = new Date(now.getTime() - dayMs)
  return tx<AskedFlow[]>`
    select id, begun_at, expires_at, asked_as, device_hash, by_reserve from flows
    where address_hash = ${addressHash} and begun_at > ${dayAgo} and state <> 'used'
      and proves_session_id is not distinct from ${provesSessionId}
    order by begun_at`
}
