import { type Call, field } from './call.ts'
import { type Checksums, checksumHeaders } from './checksums.ts'
import { Refusal } from './refusal.ts'

/** What a caller says about an object beside its bytes. */
export type Description = { headers: Record<string, string>; metadata: Record<string, string> }

/** The sidecar: the object is there as soon as this is, and names the file with its bytes. */
export type StoredObject = Description & {
  key: string
  bytes: string
  sizeBytes: number
  etag: string
  checksums: Checksums
  checksumType: 'FULL_OBJECT' | 'COMPOSITE'
  modifiedAt: string
}

const keptHeaders = ['content-type', 'content-disposition', 'content-language', 'cache-control', 'expires']

const unsupported = ['x-amz-tagging', 'x-amz-object-lock-mode', 'x-amz-server-side-encryption-customer-key']

export const describe = (call: Call): Description => {
  // A store that takes these and does nothing would let a test pass that production fails.
  if (unsupported.some((name) => field(call, name) !== undefined)) throw new Refusal('NotImplemented')
  const headers = Object.fromEntries(
    keptHeaders.map((name) => [name, call.headers.get(name) ?? '']).filter(([, value]) => value !== ''),
  )
  const encoding = (call.headers.get('content-encoding') ?? '')
    .split(/,\s*/)
    .filter((name) => name !== 'aws-chunked')
  if (encoding.join() !== '') headers['content-encoding'] = encoding.join()
  const named: [string, string][] = [...call.headers, ...call.query]
  const metadata = Object.fromEntries(
    named
      .map(([name, value]): [string, string] => [name.toLowerCase(), value])
      .filter(([name]) => name.startsWith('x-amz-meta-')),
  )
  return { headers: { 'content-type': 'binary/octet-stream', ...headers }, metadata }
}

/** The headers of an answer that shows this object. */
export const objectHeaders = (object: StoredObject, withChecksums: boolean): Record<string, string> => ({
  ...object.headers,
  ...object.metadata,
  ...(withChecksums && Object.keys(object.checksums).length > 0
    ? { ...checksumHeaders(object.checksums), 'x-amz-checksum-type': object.checksumType }
    : {}),
  etag: object.etag,
  'last-modified': new Date(object.modifiedAt).toUTCString(),
  'accept-ranges': 'bytes',
})
