import type { RateLimit } from '@kontora/service'
import { Email, Locale } from '@kontora/validation'
import * as v from 'valibot'
import { addressLimit, nextCoolDownSeconds } from '../budgets/budget.ts'
import type { Caller } from '../budgets/caller.ts'
import { commonRate, giveBackRates, networkRate, takeRates } from '../budgets/rates.ts'
import { isKnownDevice } from '../devices/known-device.ts'
import type { Resources } from '../resources.ts'
import { hashOfLive } from '../secrets/code-pepper.ts'
import type { Hash } from '../secrets/pepper.ts'
import { beginAlone, type Wish } from './begin-flow.ts'

export const CodeWish = v.strictObject({ email: Email, locale: v.optional(Locale, 'ru') })
export type CodeWish = v.InferOutput<typeof CodeWish>

export type Asked = {
  flowId: string
  flowSecret: string
  expiresAt: Date
  resendAfterSeconds: number
  rateLimits: RateLimit[]
}

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
  const { newId, pepper, codePeppers, seal } = resources
  const addressHashes = await pepper.each('address', email)
  const [addressHash = ''] = addressHashes
  const askedAs = key === undefined ? [] : await pepper.each('asked-as', email, key)
  const id = newId()
  const { id: pepperId, hash } = await codePeppers.current()
  const secretHash = await hash('flow-secret', id, await flowSecretOf(hash, id))
  const addressSealed = await seal.close('address', email)
  const reserve = (await isKnownDevice(resources, device, addressHashes)) ? device : undefined
  // A known device is bounded by what is its own.
  const ofAll = reserve === undefined ? commonRate(resources, 'codes') : []
  const ofNetwork = reserve === undefined ? networkRate(resources, 'codes', network) : []
  const networks = await takeRates(resources, [...ofNetwork, ...ofAll])
  const row = { id, pepperId, secretHash, addressHash, locale, provesSessionId }
  const wish: Wish = { row, addressHashes, askedAs, addressSealed, reserve }
  const { flow, askedBefore } = await beginAlone(resources, wish, networks).catch(async (error: unknown) => {
    // What is not sent costs all together nothing.
    await giveBackRates(resources, ofAll)
    throw error
  })
  const flowSecret = await flowSecretOf(await hashOfLive(codePeppers, flow.pepperId), flow.id)
  const resendAfterSeconds = nextCoolDownSeconds(askedBefore)
  const rateLimits = [addressLimit(resendAfterSeconds), ...networks]
  return { flowId: flow.id, flowSecret, expiresAt: flow.expiresAt, resendAfterSeconds, rateLimits }
}

/** 132 bits that nobody without the pepper can tell. */
const flowSecretOf = async (hash: Hash, flowId: string): Promise<string> =>
  (await hash('flow', flowId)).slice(0, 22)
