import { Problem } from '@kontora/service'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import type { Completion } from '../sber-id/client.ts'
import type { ProviderLogin } from './provider-login.ts'

/** Opaque and case-sensitive; OpenID allows 255 characters, Сбер ID's samples have up to 80. */
export const Subject = v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/), v.maxLength(255))

/** `issuer`: who says that it has sent the browser back (RFC 9207). */
export type Return = { code: string; issuer: string | undefined } & Pick<ProviderLogin, 'verifier' | 'nonce'>

/** Every id that may stand for this person there, the one of now first. `completion`: whom to tell that he was signed in. */
export type Person = { subjects: string[]; completion?: Completion }

/** Somebody whose word we take for who a person is, and for nothing else: an address is proven by our own code alone. */
export type Provider = {
  name: string
  label: { ru: string; en: string }
  /** False where the runtime cannot call it: then nobody is sent there. */
  canAsk: boolean
  /** Throws `ProviderFault`. */
  authorizeUrl: (login: ProviderLogin) => Promise<string>
  /** Spends the code: never repeated. Throws `ProviderFault`. */
  identify: (back: Return) => Promise<Person>
}

type Known = Pick<Resources, 'sberId' | 'openids'>

/** In the order of their buttons. */
export const providersOf = ({ sberId, openids }: Known): Provider[] => [
  ...(sberId ? [sberId] : []),
  ...openids,
]

export const usable = (provider: Provider | undefined): Provider => {
  if (!provider) throw new Problem('not-found', 'This way to sign in is not set up')
  if (!provider.canAsk) throw new Problem('unavailable', `${provider.label.en} cannot be asked from here`)
  return provider
}

export const tryAgain = ({ label }: Provider): Problem =>
  new Problem('not-signed-in', `${label.en} has not confirmed who this is; try again`)
