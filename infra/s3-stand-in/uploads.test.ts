import { afterAll, beforeAll, expect, test } from 'bun:test'
import {
  AbortMultipartUploadCommand,
  type ChecksumAlgorithm,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { startChecksum } from './checksums.ts'
import { bucket, refusalOf, type Started, startStandIn } from './start-stand-in.ts'

let standIn: Started
let client: S3Client
beforeAll(async () => {
  standIn = await startStandIn()
  client = standIn.client()
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
})
afterAll(() => standIn.close())

const least = 5 * 1024 ** 2
const piece = (size: number, fill: number): Uint8Array => new Uint8Array(size).fill(fill)

const start = async (Key: string, ChecksumAlgorithm?: ChecksumAlgorithm) => {
  const input = { Bucket: bucket, Key, ...(ChecksumAlgorithm ? { ChecksumAlgorithm } : {}) }
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ ...input, Metadata: { kind: 'parts' } }),
  )
  const target = { Bucket: bucket, Key, UploadId }
  return {
    target,
    part: async (PartNumber: number, Body: Uint8Array) => {
      const algorithm = ChecksumAlgorithm ? { ChecksumAlgorithm } : {}
      const sent = await client.send(new UploadPartCommand({ ...target, PartNumber, Body, ...algorithm }))
      return { ...sent, PartNumber }
    },
    complete: (Parts: { PartNumber: number; ETag?: string | undefined }[], more = {}) =>
      client.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts }, ...more })),
  }
}

test('parts in any order become one object, listed until then and gone from the list after', async () => {
  const upload = await start('large')
  const second = await upload.part(2, piece(1000, 2))
  const first = await upload.part(1, piece(least, 1))
  const listed = await client.send(new ListPartsCommand({ ...upload.target, MaxParts: 1 }))
  expect([listed.Parts?.length, listed.IsTruncated, listed.NextPartNumberMarker]).toEqual([1, true, '1'])
  const open = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))
  expect(open.Uploads?.map(({ UploadId }) => UploadId)).toEqual([upload.target.UploadId])
  const { ETag } = await upload.complete([first, second])
  expect(ETag).toEndWith('-2"')
  const found = await client.send(new GetObjectCommand({ Bucket: bucket, Key: 'large' }))
  expect(found.Metadata).toEqual({ kind: 'parts' })
  const bytes = await found.Body!.transformToByteArray()
  expect(Buffer.compare(bytes, Buffer.concat([piece(least, 1), piece(1000, 2)]))).toBe(0)
  expect((await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads).toBeUndefined()
})

test('a part sent again replaces the first', async () => {
  const upload = await start('again')
  const old = await upload.part(1, piece(10, 1))
  const renewed = await upload.part(1, piece(10, 2))
  expect(await refusalOf(upload.complete([old]))).toBe('InvalidPart')
  await upload.complete([renewed])
  const found = await client.send(new GetObjectCommand({ Bucket: bucket, Key: 'again' }))
  expect(await found.Body?.transformToByteArray()).toEqual(piece(10, 2))
})

test('a wrong etag, a wrong order, a small part and a key that must be new are refused', async () => {
  const upload = await start('strict')
  const parts = [await upload.part(1, piece(least - 1, 1)), await upload.part(2, piece(10, 2))] as const
  const [first, second] = parts
  expect(await refusalOf(upload.complete([{ ...first, ETag: '"other"' }]))).toBe('InvalidPart')
  expect(await refusalOf(upload.complete([second, first]))).toBe('InvalidPartOrder')
  expect(await refusalOf(upload.complete([first, second]))).toBe('EntityTooSmall')
  await upload.complete([first])
  const late = await start('strict')
  expect(await refusalOf(late.complete([await late.part(1, piece(1, 1))], { IfNoneMatch: '*' }))).toBe(
    'PreconditionFailed',
  )
})

test('an aborted upload is not there any more', async () => {
  const upload = await start('aborted')
  const part = await upload.part(1, piece(10, 1))
  await client.send(new AbortMultipartUploadCommand(upload.target))
  expect(await refusalOf(upload.complete([part]))).toBe('NoSuchUpload')
  expect(await refusalOf(upload.part(2, piece(10, 1)))).toBe('NoSuchUpload')
  expect(await refusalOf(client.send(new ListPartsCommand({ ...upload.target, UploadId: '../..' })))).toBe(
    'NoSuchUpload',
  )
})

test('the checksum of an upload is of its parts for SHA-256, of the whole for CRC64NVME', async () => {
  const composite = await start('composite', 'SHA256')
  await composite.complete([await composite.part(1, piece(least, 1)), await composite.part(2, piece(9, 2))])
  const head = { Bucket: bucket, ChecksumMode: 'ENABLED' } as const
  const parts = await client.send(new HeadObjectCommand({ ...head, Key: 'composite' }))
  expect([parts.ChecksumType, parts.ChecksumSHA256?.endsWith('-2')]).toEqual(['COMPOSITE', true])

  const whole = await start('whole', 'CRC64NVME')
  const checksum = startChecksum('crc64nvme')
  for (const bytes of [piece(least, 1), piece(9, 2)]) checksum.update(bytes)
  const ChecksumCRC64NVME = checksum.digest().toString('base64')
  const sent = [await whole.part(1, piece(least, 1)), await whole.part(2, piece(9, 2))]
  expect(await refusalOf(whole.complete(sent, { ChecksumCRC64NVME: 'AAAAAAAAAAA=' }))).toBe('BadDigest')
  await whole.complete(sent, { ChecksumCRC64NVME })
  const found = await client.send(new HeadObjectCommand({ ...head, Key: 'whole' }))
  expect([found.ChecksumType, found.ChecksumCRC64NVME]).toEqual(['FULL_OBJECT', ChecksumCRC64NVME])
})
