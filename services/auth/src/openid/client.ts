import { realChance } from '@kontora/service'
import {
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  type Client,
  clockSkew,
  clockTolerance,
  customFetch,
  OperationProcessingError,
  processAuthorizationCodeResponse,
  processUserInfoResponse,
  ResponseBodyError,
  skipStateCheck,
  type TokenEndpointResponse,
  UnsupportedOperationError,
  userInfoRequest,
  validateAuthResponse,
  WWWAuthenticateChallengeError,
} from 'oauth4webapi'
import { askShortly } from '../identities/ask-shortly.ts'
import type { Provider, Return } from '../identities/provider.ts'
import { ProviderFault } from '../identities/provider-fault.ts'
import { proveOurselves } from './client-proof.ts'
import { readIdToken } from './id-token.ts'
import { currentMetadata, keepMetadata, type Means } from './keep-metadata.ts'
import type { KnownProvider, Metadata } from './metadata.ts'
import type { OpenidSettings } from './settings.ts'

export type Openid = Provider & {
  /** Asks it anew for its metadata and keys. Throws `ProviderFault`. */
  refresh: () => Promise<void>
}

/** Any provider that publishes its metadata (OpenID Connect Discovery). Nothing is asked of it before it is needed. */
export const createOpenid = (settings: OpenidSettings, means: Means): Openid => ({
  name: settings.name,
  label: settings.label,
  canAsk: true,
  authorizeUrl: async (login) => {
    const { metadata } = await currentMetadata(means, settings)
    const url = new URL(metadata.authorization_endpoint)
    const parameters = {
      response_type: 'code',
      client_id: settings.clientId,
      scope: settings.scopes.join(' '),
      redirect_uri: settings.redirectUri,
      state: login.state,
      nonce: login.nonce,
      code_challenge: login.challenge,
      code_challenge_method: 'S256',
    }
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
    return url.href
  },
  identify: async (back) => {
    const subject = await identify(means, settings, back).catch(toFault)
    // Numbers of one issuer mean nothing at the next that gets its name.
    return { subjects: [`${settings.issuer} ${subject}`] }
  },
  refresh: async () => {
    await keepMetadata(means, settings)
  },
})

const identify = async (means: Means, settings: OpenidSettings, back: Return): Promise<string> => {
  const known = await currentMetadata(means, settings)
  const tokens = await exchange(means, settings, known.metadata, back)
  const expected = {
    clientId: settings.clientId,
    nonce: back.nonce,
    accessToken: tokens.access_token,
    now: means.now(),
  }
  const token = tokens.id_token ?? ''
  const subject =
    (await readIdToken(token, known, expected)) ??
    (await readIdToken(token, await keepMetadata(means, settings), expected))
  if (subject === undefined) throw new ProviderFault('untrusted', 'the id_token is of an unknown key')
  await confirmSubject(means, settings, known, tokens.access_token, subject)
  return subject
}

const { now: clock } = realChance()

/** One for each call: the library asks the clock of the process, and is told how far ours is from it. */
const clientOf = ({ now }: Means, { clientId }: OpenidSettings): Client => ({
  client_id: clientId,
  [clockSkew]: Math.round((now().getTime() - clock().getTime()) / 1000),
  [clockTolerance]: 60,
})

type Call = { method: string; headers: Record<string, string>; body?: URLSearchParams | undefined }

const callsOf = ({ ask }: Means, { isPlainAllowed }: OpenidSettings) => ({
  [customFetch]: (url: string, { method, headers, body }: Call) =>
    askShortly(ask, url, { method, headers, body }),
  [allowInsecureRequests]: isPlainAllowed,
})

/** That the state is this browser's was seen before; here, that the answer is this provider's (RFC 9207). */
const exchange = async (
  means: Means,
  settings: OpenidSettings,
  metadata: Metadata,
  { code, issuer, verifier, nonce }: Return,
): Promise<TokenEndpointResponse> => {
  const client = clientOf(means, settings)
  const answer = new URLSearchParams({ code, ...(issuer !== undefined && { iss: issuer }) })
  const response = await authorizationCodeGrantRequest(
    metadata,
    client,
    await proveOurselves(settings, metadata, means.newId),
    validateAuthResponse(metadata, client, answer, skipStateCheck),
    settings.redirectUri,
    verifier,
    callsOf(means, settings),
  )
  return processAuthorizationCodeResponse(metadata, client, response, { expectedNonce: nonce })
}

const confirmSubject = async (
  means: Means,
  settings: OpenidSettings,
  { metadata }: KnownProvider,
  accessToken: string,
  subject: string,
): Promise<void> => {
  if (metadata.userinfo_endpoint === undefined) return
  const client = clientOf(means, settings)
  const response = await userInfoRequest(metadata, client, accessToken, callsOf(means, settings))
  if (!/^application\/json\b/i.test(response.headers.get('content-type') ?? ''))
    throw new ProviderFault('untrusted', 'userinfo of another kind than JSON')
  await processUserInfoResponse(metadata, client, subject, response)
}

/** The library's messages may hold what came in: its code alone is told. */
const toFault = (error: unknown): never => {
  if (error instanceof ProviderFault) throw error
  if (error instanceof ResponseBodyError || error instanceof WWWAuthenticateChallengeError)
    throw new ProviderFault('refused', `status ${error.status}`)
  if (error instanceof OperationProcessingError || error instanceof UnsupportedOperationError)
    throw new ProviderFault(
      'untrusted',
      [error.code ?? 'not to be believed', claimOf(error)].join(' ').trim(),
    )
  throw error
}

/** Which claim was compared: a name of the library's own. */
const claimOf = ({ cause }: Error): string => {
  const { claim } = (cause ?? {}) as { claim?: unknown }
  return typeof claim === 'string' ? claim : ''
}
