import { type CryptoKey, importJWK, type JWK } from 'jose'
import {
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  modifyAssertion,
  PrivateKeyJwt,
} from 'oauth4webapi'
import type { Metadata } from './metadata.ts'
import type { OpenidSettings } from './settings.ts'

/** By our key where we have one; by the secret as the standard has it, or in the form where only that is taken. */
export const proveOurselves = async (
  { clientSecret, clientKey }: OpenidSettings,
  metadata: Metadata,
  newId: () => string,
): Promise<ClientAuth> => {
  if (clientKey) {
    const { alg, kid } = clientKey
    const key = (await importJWK(clientKey as JWK, alg)) as CryptoKey
    return PrivateKeyJwt(
      { key, ...(kid !== undefined && { kid }) },
      {
        [modifyAssertion]: (header, payload) => {
          header.alg = alg
          payload.jti = newId()
        },
      },
    )
  }
  const taken = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
  const isFormOnly = taken.includes('client_secret_post') && !taken.includes('client_secret_basic')
  return isFormOnly ? ClientSecretPost(clientSecret ?? '') : ClientSecretBasic(clientSecret ?? '')
}
