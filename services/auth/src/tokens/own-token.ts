import type { Resources } from '../resources.ts'
import { signMachineToken } from './give-tokens.ts'

type Signer = Pick<Resources, 'keyring' | 'issuer' | 'now' | 'newId'>

/** Far less than a token's life and than the time for which a replaced key is known. */
const keptMs = 30_000

/** The token by which `auth` itself calls another service; one serves all calls of half a minute. */
export const createOwnToken = (signer: Signer, audience: string): (() => Promise<string>) => {
  let kept: { token: Promise<string>; signedAt: number } | undefined
  return () => {
    const time = signer.now().getTime()
    if (!kept || Math.abs(time - kept.signedAt) > keptMs)
      kept = { token: signMachineToken(signer, 'auth', audience), signedAt: time }
    kept.token.catch(() => {
      kept = undefined
    })
    return kept.token
  }
}
