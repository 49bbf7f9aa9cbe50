import { commonSettings, type SettingsOf, setting } from '@kontora/service'
import { Url } from '@kontora/validation'
import * as v from 'valibot'
import { sberIdTable } from './sber-id/settings.ts'

const Secret = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/, '32 bytes in base64url'))
const PublicKey = v.looseObject({ kty: v.literal('OKP'), crv: v.literal('Ed25519'), x: v.string() })
const PublicKeys = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    try {
      return v.parse(v.record(v.string(), PublicKey), JSON.parse(dataset.value))
    } catch {
      addIssue({ message: 'JSON: client id → public JWK (Ed25519)' })
      return NEVER
    }
  }),
)

// `auth` knows its own keys without asking itself.
const { AUTH_JWKS_URL: _, ...common } = commonSettings

export const settings = {
  ...common,
  CLIENT_URL: setting(Url, 'Address of the service `client`'),
  LETTER_KEYS_URL: setting(Url, "Address of `notification`'s public keys for letters"),
  MACHINE_CLIENTS: setting(PublicKeys, 'Who may ask for machine tokens: client id → public JWK, as JSON'),
  KEY_ENCRYPTION_KEY: setting(Secret, 'Seals signing keys and addresses at rest; 32 bytes in base64url'),
  CODE_PEPPER: setting(
    Secret,
    'Key of all hashes: codes, flows, addresses, refresh tokens; 32 bytes in base64url',
  ),
  REGISTRATION: setting(
    v.optional(v.picklist(['open', 'invited']), 'invited'),
    'Whether an unknown address may sign in and become a user',
  ),
  ...sberIdTable,
}
export type Settings = SettingsOf<typeof settings>
