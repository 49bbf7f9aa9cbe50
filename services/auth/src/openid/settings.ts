import { expectationOf, refuseTestHosts, SettingsError, setting } from '@kontora/service'
import { Url } from '@kontora/validation'
import * as v from 'valibot'

const Text = (most: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(most))

/** Ways to sign in and places of the address that are spoken for already. */
const taken = ['email-code', 'sber-id', 'passkey', 'recovery-code']

const Name = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9-]{0,63}$/, 'a-z, 0-9, -, beginning with a letter'),
  v.check((name) => !taken.includes(name), 'a name that is not taken by a way to sign in of our own'),
)

/** Of one algorithm, or it would be the provider's choice what is signed how. */
const PrivateKey = v.looseObject({
  kty: v.picklist(['OKP', 'EC', 'RSA']),
  d: Text(2048),
  alg: v.picklist(['EdDSA', 'Ed25519', 'ES256', 'ES384', 'ES512', 'PS256', 'RS256']),
  kid: v.optional(Text(255)),
})

const Issuer = v.pipe(
  Url,
  v.check((url) => !/[?#]/.test(url), 'a URL without a query and a fragment'),
)
const Scopes = v.pipe(
  v.array(v.pipe(v.string(), v.regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/, 'a scope'))),
  v.check((scopes) => scopes.includes('openid'), 'a list with openid in it'),
)

const Openid = v.pipe(
  v.strictObject({
    name: Name,
    label: v.strictObject({ ru: Text(40), en: Text(40) }),
    issuer: Issuer,
    clientId: Text(255),
    clientSecret: v.optional(Text(1024)),
    clientKey: v.optional(PrivateKey),
    scopes: v.optional(Scopes, ['openid']),
  }),
  v.check(
    ({ clientSecret, clientKey }) => (clientSecret === undefined) !== (clientKey === undefined),
    'with one of clientSecret and clientKey',
  ),
)
export type OpenidSettings = v.InferOutput<typeof Openid> & { redirectUri: string; isPlainAllowed: boolean }

const Openids = v.pipe(
  v.array(Openid),
  v.check(
    (all) => new Set(all.map(({ name }) => name)).size === all.length,
    'a list in which no name comes twice',
  ),
)

/** `[0].issuer`: where in the list it is wrong, never what stood there. */
const placeOf = (issue: v.BaseIssue<unknown>): string => {
  const keys = issue.path?.map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)) ?? []
  const place = keys.join('')
  return /^[\w.[\]]{1,100}$/.test(place) ? place : ''
}

const Providers = v.pipe(
  v.optional(v.string(), '[]'),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    let read: unknown
    try {
      read = JSON.parse(dataset.value)
    } catch {
      addIssue({ message: 'JSON: a list of providers' })
      return NEVER
    }
    const result = v.safeParse(Openids, read)
    if (result.success) return result.output
    const [issue] = result.issues
    addIssue({ message: `a list of providers; see ${placeOf(issue) || 'it'}: ${expectationOf(issue)}` })
    return NEVER
  }),
)

export const openidTable = {
  OPENID_PROVIDERS: setting(
    Providers,
    'Other OpenID providers, as JSON: `[{name, label: {ru, en}, issuer, clientId, clientSecret or clientKey (private JWK), scopes}]`; a label is a name, like Сбер ID; register `<AUTH_ISSUER>/v1/openid/<name>/callback` there',
  ),
}

type Table = {
  OPENID_PROVIDERS: v.InferOutput<typeof Providers>
  AUTH_ISSUER: string
  ENVIRONMENT: 'production' | 'local'
}

export const openidSettings = ({ OPENID_PROVIDERS, AUTH_ISSUER, ENVIRONMENT }: Table): OpenidSettings[] => {
  const issuers = OPENID_PROVIDERS.map(({ name, issuer }) => [`OPENID_PROVIDERS: ${name}`, issuer] as const)
  refuseTestHosts({ ENVIRONMENT, ...Object.fromEntries(issuers) })
  const isPlainAllowed = ENVIRONMENT === 'local'
  const plain = issuers.filter(([, issuer]) => !issuer.startsWith('https://'))
  if (!isPlainAllowed && plain.length > 0)
    throw new SettingsError(plain.map(([where]) => `${where} should have an issuer that is an https URL`))
  return OPENID_PROVIDERS.map((one) => ({
    ...one,
    redirectUri: `${AUTH_ISSUER.replace(/\/+$/, '')}/v1/openid/${one.name}/callback`,
    isPlainAllowed,
  }))
}
