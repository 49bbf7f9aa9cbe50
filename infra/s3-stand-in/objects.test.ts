import { afterAll, beforeAll, expect, test } from 'bun:test'
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { bucket, keys, refusalOf, type Started, startStandIn } from './start-stand-in.ts'

let standIn: Started
let client: S3Client
beforeAll(async () => {
  standIn = await startStandIn()
  client = standIn.client()
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
})
afterAll(() => standIn.close())

const put = (Key: string, Body: string | Uint8Array = 'text', more = {}) =>
  client.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ...more }))
const get = (Key: string, more = {}) => client.send(new GetObjectCommand({ Bucket: bucket, Key, ...more }))
const read = async (Key: string, more = {}) => (await get(Key, more)).Body?.transformToString()

test('an object comes back with its type, metadata, dates and checksum', async () => {
  const { ETag } = await put('a', 'hello', {
    ContentType: 'text/plain',
    Metadata: { kind: 'note' },
    CacheControl: 'no-store',
  })
  expect(ETag).toBe('"5d41402abc4b2a76b9719d911017c592"')
  const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'a', ChecksumMode: 'ENABLED' }))
  expect(head).toMatchObject({
    ContentLength: 5,
    ContentType: 'text/plain',
    Metadata: { kind: 'note' },
    CacheControl: 'no-store',
    ETag,
    ChecksumCRC32: 'NhCmhg==',
    ChecksumType: 'FULL_OBJECT',
  })
  expect(Math.abs(Date.now() - (head.LastModified?.getTime() ?? 0))).toBeLessThan(5000)
  expect(await read('a', { ChecksumMode: 'ENABLED' })).toBe('hello')
})

test('an empty object is an object', async () => {
  await put('empty', new Uint8Array(0))
  expect(await read('empty')).toBe('')
  expect((await client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'empty' }))).ContentLength).toBe(0)
})

test('ranges are answered in part, and one beyond the end is refused', async () => {
  await put('digits', '0123456789')
  const part = await get('digits', { Range: 'bytes=2-4' })
  expect([part.$metadata.httpStatusCode, part.ContentRange, part.ContentLength]).toEqual([
    206,
    'bytes 2-4/10',
    3,
  ])
  expect(await part.Body?.transformToString()).toBe('234')
  expect(await read('digits', { Range: 'bytes=7-' })).toBe('789')
  expect(await read('digits', { Range: 'bytes=-2' })).toBe('89')
  expect(await read('digits', { Range: 'bytes=8-99' })).toBe('89')
  expect(await refusalOf(get('digits', { Range: 'bytes=10-12' }))).toBe('InvalidRange')
})

test('conditions decide on reading and on writing', async () => {
  const { ETag = '' } = await put('conditions', 'one')
  expect(await refusalOf(get('conditions', { IfNoneMatch: ETag }))).toMatch(/NotModified|304|Unknown/)
  expect(await refusalOf(get('conditions', { IfMatch: '"other"' }))).toBe('PreconditionFailed')
  expect(await read('conditions', { IfMatch: ETag })).toBe('one')
  expect(await refusalOf(put('conditions', 'two', { IfNoneMatch: '*' }))).toBe('PreconditionFailed')
  expect(await refusalOf(put('conditions', 'two', { IfMatch: '"other"' }))).toBe('PreconditionFailed')
  await put('conditions', 'two', { IfMatch: ETag })
  expect(await read('conditions')).toBe('two')
})

test('a copy has the same bytes, and new metadata if asked to', async () => {
  await put('from (1) +я', 'copied', { Metadata: { kind: 'old' } })
  const CopySource = `${bucket}/${encodeURIComponent('from (1) +я')}`
  await client.send(new CopyObjectCommand({ Bucket: bucket, Key: 'same', CopySource }))
  expect((await get('same')).Metadata).toEqual({ kind: 'old' })
  await client.send(
    new CopyObjectCommand({
      ...{ Bucket: bucket, Key: 'renewed', CopySource },
      ...{ MetadataDirective: 'REPLACE', Metadata: { kind: 'new' } },
    }),
  )
  expect((await get('renewed')).Metadata).toEqual({ kind: 'new' })
  expect(await read('renewed')).toBe('copied')
  const again = new CopyObjectCommand({
    Bucket: bucket,
    Key: 'same',
    CopySource,
    CopySourceIfMatch: '"other"',
  })
  expect(await refusalOf(client.send(again))).toBe('PreconditionFailed')
})

test('what is deleted is gone, one or many, and a missing one is no fault', async () => {
  for (const key of ['d1', 'd2 & <я>', 'd3']) await put(key)
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'd1' }))
  const Objects = [{ Key: 'd2 & <я>' }, { Key: 'd3' }, { Key: 'never' }]
  const { Deleted } = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }))
  expect(Deleted?.map(({ Key }) => Key)).toEqual(['d2 & <я>', 'd3', 'never'])
  for (const key of ['d1', 'd2 & <я>', 'd3']) expect(await refusalOf(get(key))).toBe('NoSuchKey')
})

test('any key is only a name: no path, no collision, in any alphabet', async () => {
  const names = [
    'a/b',
    'a',
    'a/',
    '../../etc/passwd',
    'x/%2e%2e/y',
    'Счёт № 1 + «копия»',
    'я'.repeat(300),
    "!*'()",
  ]
  // `../` in an address is resolved before it is sent, so such a key is refused by its signature.
  for (const name of names) {
    const answer = await refusalOf(put(name, name))
    if (answer === 'accepted') expect(await read(name)).toBe(name)
    else expect([name, answer]).toEqual(['../../etc/passwd', 'SignatureDoesNotMatch'])
  }
  expect(await refusalOf(put('я'.repeat(600)))).toBe('KeyTooLongError')
})

test('a list is in the order of bytes, by prefix, delimiter and page', async () => {
  await client.send(new CreateBucketCommand({ Bucket: 'lists' }))
  const names = ['b', 'я/1', 'dir/1', 'dir/2', 'dir/deep/3', 'B', '\u{10000}', '\uffee']
  for (const Key of names) await client.send(new PutObjectCommand({ Bucket: 'lists', Key, Body: 'x' }))
  const list = (more: object) => client.send(new ListObjectsV2Command({ Bucket: 'lists', ...more }))
  const all = await list({})
  expect(all.Contents?.map(({ Key }) => Key)).toEqual([
    'B',
    'b',
    'dir/1',
    'dir/2',
    'dir/deep/3',
    'я/1',
    '\uffee',
    '\u{10000}',
  ])
  const folders = await list({ Delimiter: '/', Prefix: 'dir/' })
  expect(folders.Contents?.map(({ Key }) => Key)).toEqual(['dir/1', 'dir/2'])
  expect(folders.CommonPrefixes).toEqual([{ Prefix: 'dir/deep/' }])
  const seen: (string | undefined)[] = []
  let ContinuationToken: string | undefined
  do {
    const page = await list({ Delimiter: '/', MaxKeys: 2, ContinuationToken })
    seen.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix))
    seen.push(...(page.Contents ?? []).map(({ Key }) => Key))
    ContinuationToken = page.NextContinuationToken
  } while (ContinuationToken)
  expect(seen.sort()).toEqual(['B', 'b', 'dir/', 'я/', '\u{10000}', '\uffee'].sort())
  expect((await list({ StartAfter: 'dir/2', MaxKeys: 1 })).Contents?.[0]?.Key).toBe('dir/deep/3')
  expect(await refusalOf(client.send(new DeleteBucketCommand({ Bucket: 'lists' })))).toBe('BucketNotEmpty')
})

test('buckets are made once, listed, and missed when they are not there', async () => {
  expect(await refusalOf(client.send(new CreateBucketCommand({ Bucket: bucket })))).toBe(
    'BucketAlreadyOwnedByYou',
  )
  expect(await refusalOf(client.send(new CreateBucketCommand({ Bucket: 'Not_A_Bucket' })))).toBe(
    'InvalidBucketName',
  )
  expect(await refusalOf(client.send(new HeadBucketCommand({ Bucket: 'nobody' })))).toBe('NotFound')
  expect(await refusalOf(client.send(new ListObjectsV2Command({ Bucket: 'nobody' })))).toBe('NoSuchBucket')
  const { Buckets } = await client.send(new ListBucketsCommand({}))
  expect(Buckets?.map(({ Name }) => Name)).toContain(bucket)
})

test('what is not simulated is said so, never ignored', async () => {
  expect(await refusalOf(client.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: 'a' })))).toBe(
    'NotImplemented',
  )
  expect(await refusalOf(put('tagged', 'x', { Tagging: 'a=b' }))).toBe('NotImplemented')
})

test("Bun's own S3 client reads, writes and presigns", async () => {
  const bun = new Bun.S3Client({
    ...{ endpoint: standIn.origin, bucket, region: 'us-east-1' },
    ...{ accessKeyId: keys.accessKey, secretAccessKey: keys.secretKey },
  })
  await bun.write('by-bun', 'bytes')
  expect(await bun.file('by-bun').text()).toBe('bytes')
  expect(await (await fetch(bun.presign('by-bun'))).text()).toBe('bytes')
})
