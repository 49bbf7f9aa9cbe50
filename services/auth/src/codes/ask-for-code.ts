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
import { hashOfLive } from '../secrets/code-pepper.ts'
import type { Hash } from '../secrets/pepper.ts'
import { codeMs, flowsPerAddress } from './flow.ts'

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
  { key, device, network }: Caller & { key?: string | undefined } = {},
): Promise<Asked> => {
  const { sql, now, newId, pepper, codePeppers, seal } = resources
  const addressHashes = await pepper.each('address', email)
  const repeats = key === undefined ? [] : await pepper.each('asked-as', email, key)
  const [[addressHash = ''], [askedAs = null]] = [addressHashes, repeats]
  const id = newId()
  const { id: pepperId, hash } = await codePeppers.current()
  const secretHash = await hash('flow-secret', id, await flowSecretOf(hash, id))
  const addressSealed = await seal.close('address', email)
  const reserve = (await isKnownDevice(resources, device, addressHashes)) ? (device?.hash ?? null) : null
  // A known device is bounded by what is its own.
  if (reserve === null) await takeRates(resources, 'codes', network)
  const { flow, askedBefore } = await transaction(sql, async (tx) => {
    const time = now()
    const asked = await flowsOfDay(tx, addressHashes, time)
    const known = asked.find((one) => repeats.includes(one.askedAs ?? '') && one.expiresAt > time)
    if (known) return { flow: known, askedBefore: asked.indexOf(known) }
    // What an operator has forgiven costs nothing more, but lives on.
    const counted = asked.filter(({ isForgiven }) => !isForgiven)
    const byReserve = admit(counted, reserve === null ? [] : (device?.hashes ?? []), time)
    // A fourth one is never sent; ending an older one instead would let a stranger burn the owner's code.
    const isSent = byReserve || asked.filter(({ expiresAt }) => expiresAt > time).length < flowsPerAddress
    const sending = isSent
      ? { state: 'resolving', addressSealed, askAt: time }
      : { state: 'silent', addressSealed: null, askAt: null }
    const begun = { id, begunAt: time, expiresAt: new Date(time.getTime() + codeMs), askedAs, pepperId }
    const row = {
      ...begun,
      ...sending,
      secretHash,
      addressHash,
      locale,
      tries: 0,
      deviceHash: reserve,
      byReserve,
    }
    await tx`insert into flows ${tx(row)}`
    wakeJob(tx, 'resolve-flows')
    return { flow: begun, askedBefore: counted.length }
  })
  const flowSecret = await flowSecretOf(await hashOfLive(codePeppers, flow.pepperId), flow.id)
  const resendAfterSeconds = nextCoolDownSeconds(askedBefore)
  return { flowId: flow.id, flowSecret, expiresAt: flow.expiresAt, resendAfterSeconds }
}

/** 132 bits that nobody without the pepper can tell. */
const flowSecretOf = async (hash: Hash, flowId: string): Promise<string> =>
  (await hash('flow', flowId)).slice(0, 22)

/** Refused while the address cools down, unless the device has a code of its own left: then true. */
const admit = (asked: AskedFlow[], deviceHashes: string[], time: Date): boolean => {
  const wait = coolDown(
    asked.map(({ begunAt }) => begunAt),
    time,
  )
  if (wait === 0) return false
  const spent = asked.filter((one) => one.byReserve && deviceHashes.includes(one.deviceHash ?? '')).length
  if (deviceHashes.length > 0 && spent < reservePerDay) return true
  throw new Problem('too-many-requests', 'A code was asked for a moment ago', { retryAfterSeconds: wait })
}

type AskedFlow = {
  id: string
  begunAt: Date
  expiresAt: Date
  askedAs: string | null
  deviceHash: string | null
  byReserve: boolean
  isForgiven: boolean
  pepperId: string
}

/** What signed someone in costs nothing. One at a time for each address, or parallel askers would all be the first. */
const flowsOfDay = async (tx: Transaction, addressHashes: string[], now: Date): Promise<AskedFlow[]> => {
  for (const hash of addressHashes.toSorted())
    await tx`select pg_advisory_xact_lock(hashtextextended(${hash}, 1))`
  const dayAgo = new Date(now.getTime() - dayMs)
  return tx<AskedFlow[]>`
    select id, begun_at, expires_at, asked_as, device_hash, by_reserve, is_forgiven, pepper_id from flows
    where address_hash in ${tx(addressHashes)} and begun_at > ${dayAgo} and state <> 'used'
    order by begun_at`
}
