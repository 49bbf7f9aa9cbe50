import { type Call, queryValue } from './call.ts'
import { Refusal } from './refusal.ts'

/** What a request says about who signed it, when, and which of its parts. */
export type Claim = {
  presigned: boolean
  accessKey: string
  date: string
  region: string
  service: string
  time: string
  expiresSeconds: number | undefined
  signedHeaders: string[]
  signature: string
  payload: string
}

const algorithm = 'AWS4-HMAC-SHA256'

export const readClaim = (call: Call): Claim => {
  const authorization = call.headers.get('authorization')
  const presigned = call.query.some(([name]) => name === 'X-Amz-Signature')
  if (authorization && presigned) throw new Refusal('InvalidArgument', 'Only one auth mechanism allowed')
  if (authorization) return claimOfHeader(call, authorization)
  if (presigned) return claimOfQuery(call)
  throw new Refusal('AccessDenied', 'Access Denied')
}

const claimOfHeader = (call: Call, authorization: string): Claim => {
  const [, credential, signedHeaders, signature] =
    /^AWS4-HMAC-SHA256\s+Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/.exec(
      authorization,
    ) ?? []
  if (!credential || !signedHeaders || !signature) throw new Refusal('AuthorizationHeaderMalformed')
  const payload = call.headers.get('x-amz-content-sha256')
  if (!payload) throw new Refusal('InvalidRequest', 'Missing required header: x-amz-content-sha256')
  return {
    ...readCredential(credential, 'AuthorizationHeaderMalformed'),
    presigned: false,
    time: call.headers.get('x-amz-date') ?? '',
    expiresSeconds: undefined,
    signedHeaders: signedHeaders.split(';'),
    signature,
    payload,
  }
}

const claimOfQuery = (call: Call): Claim => {
  const names = call.query.map(([name]) => name).filter((name) => name.startsWith('X-Amz-'))
  const expires = queryValue(call, 'X-Amz-Expires') ?? ''
  const seconds = /^\d{1,6}$/.test(expires) ? Number(expires) : 0
  const wrong =
    new Set(names).size < names.length ||
    queryValue(call, 'X-Amz-Algorithm') !== algorithm ||
    seconds < 1 ||
    seconds > 7 * 24 * 3600
  if (wrong) throw new Refusal('AuthorizationQueryParametersError')
  return {
    ...readCredential(queryValue(call, 'X-Amz-Credential') ?? '', 'AuthorizationQueryParametersError'),
    presigned: true,
    time: queryValue(call, 'X-Amz-Date') ?? '',
    expiresSeconds: seconds,
    signedHeaders: (queryValue(call, 'X-Amz-SignedHeaders') ?? '').split(';'),
    signature: queryValue(call, 'X-Amz-Signature') ?? '',
    payload:
      call.headers.get('x-amz-content-sha256') ??
      queryValue(call, 'X-Amz-Content-Sha256') ??
      'UNSIGNED-PAYLOAD',
  }
}

const readCredential = (
  credential: string,
  code: 'AuthorizationHeaderMalformed' | 'AuthorizationQueryParametersError',
) => {
  const parts = credential.split('/')
  const [date = '', region = '', service = '', end] = parts.slice(-4)
  if (parts.length < 5 || end !== 'aws4_request' || !/^\d{8}$/.test(date)) throw new Refusal(code)
  return { accessKey: parts.slice(0, -4).join('/'), date, region, service }
}
