import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { type Call, encode } from './call.ts'
import { type Claim, readClaim } from './claim.ts'
import { Refusal } from './refusal.ts'

export type Keys = { accessKey: string; secretKey: string; region: string; now: () => Date }

/** A verified signature: how the body is protected, and what signs its chunks. */
export type Signed = { payload: string; time: string; scope: string; signature: string; key: Buffer }

const quarterHour = 15 * 60_000

export const verifySignature = (call: Call, keys: Keys): Signed => {
  const claim = readClaim(call)
  checkScope(claim, keys)
  checkTime(claim, keys.now().getTime())
  checkSignedHeaders(call, claim)
  const scope = `${claim.date}/${claim.region}/${claim.service}/aws4_request`
  const key = signingKey(keys.secretKey, claim)
  const expected = hmac(
    key,
    ['AWS4-HMAC-SHA256', claim.time, scope, sha256Hex(canonicalRequest(call, claim))].join('\n'),
  )
  if (!sameSignature(expected.toString('hex'), claim.signature)) throw new Refusal('SignatureDoesNotMatch')
  return { payload: claim.payload, time: claim.time, scope, signature: claim.signature, key }
}

export const hmac = (key: string | Buffer, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest()

export const sha256Hex = (text: string | Uint8Array): string =>
  createHash('sha256').update(text).digest('hex')

export const sameSignature = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one, 'latin1'), Buffer.from(other, 'latin1'))

const signingKey = (secretKey: string, { date, region, service }: Claim): Buffer =>
  [region, service, 'aws4_request'].reduce<Buffer>(hmac, hmac(`AWS4${secretKey}`, date))

const checkScope = (claim: Claim, keys: Keys): void => {
  if (claim.accessKey !== keys.accessKey) throw new Refusal('InvalidAccessKeyId')
  if (claim.region === keys.region && claim.service === 's3' && claim.time.startsWith(`${claim.date}T`))
    return
  throw new Refusal(
    claim.presigned ? 'AuthorizationQueryParametersError' : 'AuthorizationHeaderMalformed',
    `the scope must be ${keys.region}/s3 and of the signing day`,
  )
}

const checkTime = (claim: Claim, nowMs: number): void => {
  const signedMs = readTime(claim.time)
  if (claim.expiresSeconds === undefined) {
    if (Math.abs(nowMs - signedMs) > quarterHour) throw new Refusal('RequestTimeTooSkewed')
    return
  }
  if (signedMs > nowMs + quarterHour) throw new Refusal('AccessDenied', 'Request is not valid yet')
  if (nowMs > signedMs + claim.expiresSeconds * 1000) throw new Refusal('AccessDenied', 'Request has expired')
}

const readTime = (time: string): number => {
  const iso = time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
  const ms = iso === time ? Number.NaN : Date.parse(iso)
  if (Number.isNaN(ms)) throw new Refusal('AccessDenied', 'A valid date is required')
  return ms
}

// An unsigned x-amz header could change what a signed address does, so S3 refuses it.
const checkSignedHeaders = (call: Call, { signedHeaders }: Claim): void => {
  const unsigned = [...call.headers.keys()].some(
    (name) => name.startsWith('x-amz-') && !signedHeaders.includes(name),
  )
  if (unsigned || !signedHeaders.includes('host'))
    throw new Refusal('AccessDenied', 'There were headers present in the request which were not signed')
}

const canonicalRequest = (call: Call, { signedHeaders, payload }: Claim): string =>
  [
    call.method,
    call.path,
    canonicalQuery(call.query),
    ...signedHeaders.map((name) => `${name}:${headerValue(call, name)}`),
    '',
    signedHeaders.join(';'),
    payload,
  ].join('\n')

const headerValue = (call: Call, name: string): string =>
  name === 'host' ? call.host : (call.headers.get(name) ?? '').trim().replace(/ +/g, ' ')

const canonicalQuery = (query: [string, string][]): string =>
  query
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]): [string, string] => [encode(name), encode(value)])
    .sort(([name, value], [otherName, otherValue]) => compare(name, otherName) || compare(value, otherValue))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)
