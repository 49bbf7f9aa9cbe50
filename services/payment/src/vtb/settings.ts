import { SettingsError, type SettingsOf, setting } from '@kontora/service'
import { Url } from '@kontora/validation'
import * as v from 'valibot'
import { callbackAlgorithms, isPublicKey } from './checksum.ts'

const Secret = v.pipe(v.string(), v.minLength(1))

/** The RBS gateway. All of them, unless `ACQUIRER` is another one and this one was never used. */
export const rbsTable = {
  VTB_URL: setting(Url, "ВТБ's RBS gateway, with or without `/payment/rest/`"),
  VTB_USER: setting(Secret, 'Its API account'),
  VTB_PASSWORD: setting(Secret, "The account's password"),
  VTB_CALLBACK_ALGORITHM: setting(
    v.picklist(callbackAlgorithms),
    'How its callbacks are signed: `hmac` (symmetric, SHA-256) or `rsa` (asymmetric, SHA-512)',
  ),
  VTB_CALLBACK_KEY: setting(
    Secret,
    "What they are checked with: the secret as issued, or the gateway's public key (PEM or its base64)",
  ),
  VTB_CALLBACK_URL: setting(Url, 'Where it calls us back: `…/v1/vtb/callback`'),
  VTB_REFUND_ID: setting(
    v.picklist(['verified', 'unverified']),
    'Whether this merchant was seen to tell a repeated refund by its number',
  ),
}

/** The key is what its algorithm says, or the start fails: a callback would tell too late. */
export const refuseWrongKey = (values: SettingsOf<typeof rbsTable>): void => {
  if (values.VTB_CALLBACK_ALGORITHM === 'rsa' && !isPublicKey(values.VTB_CALLBACK_KEY))
    throw new SettingsError(['VTB_CALLBACK_KEY should be a public key (PEM), for rsa'])
  if (values.VTB_CALLBACK_ALGORITHM === 'hmac' && values.VTB_CALLBACK_KEY.includes('-----BEGIN'))
    throw new SettingsError(['VTB_CALLBACK_KEY should be a secret, for hmac'])
}
