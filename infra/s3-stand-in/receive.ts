import { type Call, field } from './call.ts'
import {
  type Algorithm,
  algorithms,
  type Checksum,
  type Checksums,
  isAlgorithm,
  startChecksum,
} from './checksums.ts'
import { unframe } from './chunks.ts'
import { Refusal } from './refusal.ts'
import type { Signed } from './signature.ts'

export type Received = { sizeBytes: number; md5: Buffer; checksums: Checksums }

const most = 5 * 1024 ** 3
const mostDocument = 4 * 1024 ** 2

/** Passes the body on as it comes, and refuses it at its end if it is not what was promised or signed. */
export const receive = async (
  call: Call,
  signed: Signed,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<Received> => {
  const framed = signed.payload.startsWith('STREAMING-')
  const lengthBytes = promisedLength(call, framed)
  const trailers = new Map<string, string>()
  const running = startAll(call, signed.payload)
  let sizeBytes = 0
  const source = call.body ?? emptyBody()
  for await (const bytes of framed ? unframe(source, signed, trailers) : source) {
    sizeBytes += bytes.length
    if (sizeBytes > (lengthBytes ?? most)) throw new Refusal('IncompleteBody')
    for (const checksum of running.values()) checksum.update(bytes)
    await write(bytes)
  }
  if (lengthBytes !== undefined && sizeBytes !== lengthBytes) throw new Refusal('IncompleteBody')
  return { sizeBytes, ...compare(call, signed.payload, trailers, running) }
}

/** A small document of a request (lists of parts or keys), as checked as any other body. */
export const receiveText = async (call: Call, signed: Signed): Promise<string> => {
  const pieces: Uint8Array[] = []
  let sizeBytes = 0
  await receive(call, signed, async (bytes) => {
    sizeBytes += bytes.length
    if (sizeBytes > mostDocument) throw new Refusal('EntityTooLarge')
    pieces.push(bytes.slice())
  })
  return Buffer.concat(pieces).toString('utf8')
}

async function* emptyBody(): AsyncGenerator<Uint8Array> {}

const promisedLength = (call: Call, framed: boolean): number | undefined => {
  const text = call.headers.get(framed ? 'x-amz-decoded-content-length' : 'content-length')
  if (framed && text === null) throw new Refusal('MissingContentLength')
  if (text === null) return call.body ? undefined : 0
  const length = Number(text)
  if (!Number.isSafeInteger(length) || length < 0) throw new Refusal('InvalidArgument')
  if (length > most) throw new Refusal('EntityTooLarge')
  return length
}

const checksumName = (algorithm: Algorithm): string => `x-amz-checksum-${algorithm}`

const trailerOf = (call: Call): string | undefined => call.headers.get('x-amz-trailer')?.toLowerCase()

const startAll = (call: Call, payload: string): Map<Algorithm | 'md5', Checksum> => {
  const announced = (field(call, 'x-amz-sdk-checksum-algorithm') ?? '').toLowerCase()
  const wanted = algorithms.filter(
    (algorithm) =>
      algorithm === announced ||
      field(call, checksumName(algorithm)) !== undefined ||
      trailerOf(call) === checksumName(algorithm) ||
      (algorithm === 'sha256' && /^[0-9a-f]{64}$/.test(payload)),
  )
  return new Map((['md5', ...wanted] as const).map((algorithm) => [algorithm, startChecksum(algorithm)]))
}

const compare = (
  call: Call,
  payload: string,
  trailers: Map<string, string>,
  running: Map<Algorithm | 'md5', Checksum>,
): { md5: Buffer; checksums: Checksums } => {
  const digests = new Map([...running].map(([name, checksum]) => [name, checksum.digest()]))
  const md5 = digests.get('md5') ?? Buffer.alloc(0)
  checkMd5(call.headers.get('content-md5'), md5)
  checkPayload(payload, digests.get('sha256'))
  const trailer = trailerOf(call)
  if (trailer && !trailers.has(trailer)) throw new Refusal('MalformedTrailerError')
  const checksums: Checksums = {}
  for (const [name, digest] of digests) {
    if (!isAlgorithm(name)) continue
    const promised = promisedValues(call, checksumName(name), trailers)
    const found = digest.toString('base64')
    if (promised.some((value) => value !== found))
      throw new Refusal('BadDigest', `The ${name.toUpperCase()} did not match`)
    if (promised.length > 0) checksums[name] = found
  }
  return { md5, checksums }
}

// A presigned address may carry a checksum in its query; a header beside it must hold as well.
const promisedValues = (call: Call, name: string, trailers: Map<string, string>): string[] =>
  [
    call.headers.get(name),
    ...call.query.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value),
    trailers.get(name),
  ].filter((value) => value !== null && value !== undefined)

const checkMd5 = (promised: string | null, md5: Buffer): void => {
  if (promised === null) return
  if (Buffer.from(promised, 'base64').length !== 16) throw new Refusal('InvalidDigest')
  if (promised !== md5.toString('base64')) throw new Refusal('BadDigest', 'The Content-MD5 did not match')
}

const checkPayload = (payload: string, sha256: Buffer | undefined): void => {
  if (payload === 'UNSIGNED-PAYLOAD' || payload === 'STREAMING-UNSIGNED-PAYLOAD-TRAILER') return
  if (/^STREAMING-AWS4-HMAC-SHA256-PAYLOAD(-TRAILER)?$/.test(payload)) return
  if (!/^[0-9a-f]{64}$/.test(payload))
    throw new Refusal('InvalidArgument', 'x-amz-content-sha256 is not valid')
  if (sha256?.toString('hex') !== payload) throw new Refusal('XAmzContentSHA256Mismatch')
}
