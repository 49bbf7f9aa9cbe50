import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import {
  type ChecksumAlgorithm,
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { startChecksum } from './checksums.ts'
import { createS3StandIn } from './index.ts'
import { bucket, refusalOf, type Started, startStandIn } from './start-stand-in.ts'
import { openStore } from './store.ts'

let standIn: Started
let client: S3Client
beforeAll(async () => {
  standIn = await startStandIn()
  client = standIn.client({ requestStreamBufferSize: 65_536 })
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
})
afterAll(() => standIn.close())

const put = (Key: string, more: object, by = client) =>
  by.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'some bytes', ...more }))
const missing = (Key: string) => refusalOf(client.send(new GetObjectCommand({ Bucket: bucket, Key })))

const pieces = (count: number, pieceBytes: number): Uint8Array[] =>
  Array.from({ length: count }, (_, index) => new Uint8Array(pieceBytes).fill(index))
const streamOf = (count: number, pieceBytes: number): Readable => Readable.from(pieces(count, pieceBytes))

test('the running checksums give the published values', () => {
  const digestOf = (name: Parameters<typeof startChecksum>[0]) => {
    const checksum = startChecksum(name)
    for (const piece of ['1234', '', '56789']) checksum.update(Buffer.from(piece))
    return checksum.digest().toString('hex')
  }
  expect(digestOf('crc32')).toBe('cbf43926')
  expect(digestOf('crc32c')).toBe('e3069283')
  expect(digestOf('crc64nvme')).toBe('ae8b14860a799888')
  expect(digestOf('sha1')).toBe('f7c3bc1d808e04732adf679965ccc34ca7ae3441')
  expect(digestOf('md5')).toBe('25f9e794323b453885f5181f1b624d0b')
})

test('each checksum is kept when it is right and refuses the body when it is wrong', async () => {
  for (const name of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] satisfies ChecksumAlgorithm[]) {
    const checksum = startChecksum(name.toLowerCase() as 'crc32')
    checksum.update(Buffer.from('some bytes'))
    const right = checksum.digest().toString('base64')
    await put(name, { [`Checksum${name}`]: right })
    const head = await client.send(
      new HeadObjectCommand({ Bucket: bucket, Key: name, ChecksumMode: 'ENABLED' }),
    )
    expect(head[`Checksum${name}`]).toBe(right)
    const wrong = { [`Checksum${name}`]: right, Body: 'same bytes' }
    expect(await refusalOf(put(`wrong-${name}`, wrong))).toBe('BadDigest')
    expect(await missing(`wrong-${name}`)).toBe('NoSuchKey')
  }
})

test('a wrong Content-MD5 and one that is none are refused', async () => {
  const digest = new Bun.CryptoHasher('md5').update('some bytes').digest('base64')
  await put('md5', { ContentMD5: digest })
  expect(await refusalOf(put('md5', { ContentMD5: digest, Body: 'same bytes' }))).toBe('BadDigest')
  expect(await refusalOf(put('md5', { ContentMD5: 'abc' }))).toBe('InvalidDigest')
})

test('a streamed body arrives without its framing and with the checksum of its trailer', async () => {
  await put('stream', { Body: streamOf(300, 1000), ContentLength: 300_000 })
  const found = await client.send(
    new GetObjectCommand({ Bucket: bucket, Key: 'stream', ChecksumMode: 'ENABLED' }),
  )
  expect([found.ContentLength, found.ContentEncoding]).toEqual([300_000, undefined])
  expect(found.ChecksumCRC32).toBeString()
  const bytes = await found.Body!.transformToByteArray()
  expect(Buffer.compare(bytes, Buffer.concat(pieces(300, 1000)))).toBe(0)
})

test('chunks below 8192 bytes are refused unless they are the last', async () => {
  const unbuffered = standIn.client()
  const small = { Body: streamOf(3, 8191), ContentLength: 3 * 8191 }
  expect(await refusalOf(put('small', small, unbuffered))).toBe('InvalidChunkSizeError')
  await put('whole', { Body: streamOf(3, 8192), ContentLength: 3 * 8192 }, unbuffered)
  await put('last', { Body: streamOf(1, 10), ContentLength: 10 }, unbuffered)
  expect(await missing('small')).toBe('NoSuchKey')
})

test('a body that is not the signed one is refused, and so is one of another length than promised', async () => {
  const swapping = standIn.client()
  swapping.middlewareStack.add(
    (next) => (args) => {
      Object.assign(args.request as object, { body: 'same bytes' })
      return next(args)
    },
    { step: 'deserialize', priority: 'low' },
  )
  expect(await refusalOf(put('swapped', {}, swapping))).toBe('XAmzContentSHA256Mismatch')
  for (const promised of [99, 101]) {
    const body = { Body: streamOf(1, 100), ContentLength: promised }
    expect(await refusalOf(put('swapped', body))).toBe('IncompleteBody')
  }
  expect(await missing('swapped')).toBe('NoSuchKey')
})

// AWS' published example of a body in signed chunks.
const chunkSignatures = [
  'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
  '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
  'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
]
const signedChunks = (letter: string): Request => {
  const [first, second, last] = chunkSignatures
  const body =
    `10000;chunk-signature=${first}\r\n${'a'.repeat(65_536)}\r\n` +
    `400;chunk-signature=${second}\r\n${letter.repeat(1024)}\r\n0;chunk-signature=${last}\r\n\r\n`
  return new Request('https://s3.amazonaws.com/examplebucket/chunkObject.txt', {
    method: 'PUT',
    body,
    headers: {
      'content-encoding': 'aws-chunked',
      'content-length': '66824',
      'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      'x-amz-date': '20130524T000000Z',
      'x-amz-decoded-content-length': '66560',
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=content-encoding;' +
        'content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,' +
        'Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
    },
  })
}

test("AWS' published body in signed chunks is accepted, and with one chunk changed it is not", async () => {
  const dir = await mkdtemp(join(tmpdir(), 'kontora-s3-'))
  openStore(dir).createBucket('examplebucket')
  const { fetch } = createS3StandIn({
    dir,
    accessKey: 'AKIAIOSFODNN7EXAMPLE',
    secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    now: () => new Date('2013-05-24T00:00:00Z'),
  })
  expect(await (await fetch(signedChunks('b'))).text()).toContain('SignatureDoesNotMatch')
  expect((await fetch(signedChunks('a'))).status).toBe(200)
  expect(openStore(dir).find('examplebucket', 'chunkObject.txt')?.sizeBytes).toBe(66_560)
  await rm(dir, { recursive: true })
})
