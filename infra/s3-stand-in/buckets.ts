import { encode, queryValue } from './call.ts'
import type { Operation } from './operation.ts'
import { receiveText } from './receive.ts'
import { Refusal } from './refusal.ts'
import type { StoredObject } from './stored-object.ts'
import { element, text, xmlAnswer } from './xml.ts'

export const listBuckets: Operation = ({ store }) =>
  xmlAnswer('ListAllMyBucketsResult', [
    element('Buckets', ...store.buckets().map((name) => element('Bucket', text('Name', name)))),
  ])

export const createBucket: Operation = async ({ call, signed, store, bucket }) => {
  await receiveText(call, signed)
  if (store.hasBucket(bucket)) throw new Refusal('BucketAlreadyOwnedByYou')
  store.createBucket(bucket)
  return new Response(null, { headers: { location: `/${bucket}` } })
}

export const headBucket: Operation = () => new Response(null)

export const deleteBucket: Operation = ({ store, bucket }) => {
  if (store.list(bucket).length > 0) throw new Refusal('BucketNotEmpty')
  store.removeBucket(bucket)
  return new Response(null, { status: 204 })
}

type Entry = { name: string; object: StoredObject | undefined }

/** ListObjectsV2. */
export const listObjects: Operation = ({ call, store, bucket }) => {
  const prefix = queryValue(call, 'prefix') ?? ''
  const delimiter = queryValue(call, 'delimiter') ?? ''
  const token = queryValue(call, 'continuation-token')
  const after = token === undefined ? (queryValue(call, 'start-after') ?? '') : readToken(token)
  const most = readMost(queryValue(call, 'max-keys'))
  const entries = entriesOf(store.list(bucket), prefix, delimiter).filter(({ name }) => isAfter(name, after))
  const page = entries.slice(0, most)
  const last = page.at(-1)
  const truncated = entries.length > page.length && last !== undefined
  const name = queryValue(call, 'encoding-type') === 'url' ? encodeKey : (key: string) => key
  return xmlAnswer('ListBucketResult', [
    text('Name', bucket),
    text('Prefix', name(prefix)),
    text('Delimiter', delimiter ? name(delimiter) : undefined),
    text('EncodingType', queryValue(call, 'encoding-type')),
    text('MaxKeys', most),
    text('KeyCount', page.length),
    text('IsTruncated', truncated),
    text('NextContinuationToken', truncated ? writeToken(last.name) : undefined),
    ...page.map((entry) => showEntry(entry, name)),
  ])
}

const showEntry = ({ name, object }: Entry, encoded: (key: string) => string): string =>
  object
    ? element(
        'Contents',
        text('Key', encoded(name)),
        text('LastModified', object.modifiedAt),
        text('ETag', object.etag),
        text('Size', object.sizeBytes),
        text('StorageClass', 'STANDARD'),
      )
    : element('CommonPrefixes', text('Prefix', encoded(name)))

/** Objects under the prefix; those that share a name up to the delimiter are one entry. */
const entriesOf = (objects: StoredObject[], prefix: string, delimiter: string): Entry[] => {
  const entries = new Map<string, Entry>()
  for (const object of objects) {
    if (!object.key.startsWith(prefix)) continue
    const end = delimiter ? object.key.indexOf(delimiter, prefix.length) : -1
    const name = end < 0 ? object.key : object.key.slice(0, end + delimiter.length)
    if (!entries.has(name)) entries.set(name, { name, object: end < 0 ? object : undefined })
  }
  return [...entries.values()]
}

const isAfter = (name: string, after: string): boolean =>
  Buffer.compare(Buffer.from(name), Buffer.from(after)) > 0

const readMost = (value: string | undefined): number => {
  if (value === undefined) return 1000
  if (!/^\d{1,9}$/.test(value)) throw new Refusal('InvalidArgument', 'max-keys is not a number')
  return Math.min(Number(value), 1000)
}

const encodeKey = (key: string): string => key.split('/').map(encode).join('/')
const writeToken = (name: string): string => Buffer.from(name).toString('base64url')
const readToken = (token: string): string => Buffer.from(token, 'base64url').toString()
