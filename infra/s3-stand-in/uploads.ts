import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { field, queryValue } from './call.ts'
import { type Algorithm, checksumHeaders, isAlgorithm } from './checksums.ts'
import { keepBytes } from './objects.ts'
import type { Operation, OperationRequest } from './operation.ts'
import { receive } from './receive.ts'
import { Refusal } from './refusal.ts'
import { readSidecar, sidecarsIn, writeSidecar } from './store.ts'
import { type Description, describe } from './stored-object.ts'
import { element, text, xmlAnswer } from './xml.ts'

export type Upload = Description & {
  key: string
  algorithm: Algorithm | undefined
  checksumType: 'FULL_OBJECT' | 'COMPOSITE'
  startedAt: string
}
export type Part = {
  number: number
  bytes: string
  sizeBytes: number
  etag: string
  checksums: Partial<Record<Algorithm, string>>
  modifiedAt: string
}

export const createUpload: Operation = ({ call, store, bucket, key, now }) => {
  const algorithm = field(call, 'x-amz-checksum-algorithm')?.toLowerCase()
  if (algorithm !== undefined && !isAlgorithm(algorithm)) throw new Refusal('InvalidRequest')
  const whole = algorithm === 'crc64nvme' || field(call, 'x-amz-checksum-type') === 'FULL_OBJECT'
  if (whole && algorithm?.startsWith('sha')) throw new Refusal('InvalidRequest', 'SHA parts are COMPOSITE')
  const upload: Upload = {
    ...describe(call),
    key,
    algorithm,
    checksumType: whole ? 'FULL_OBJECT' : 'COMPOSITE',
    startedAt: now().toISOString(),
  }
  const id = randomUUID()
  mkdirSync(store.folder(bucket, 'uploads', id))
  writeSidecar(store.folder(bucket, 'uploads', id, 'upload.json'), upload)
  return xmlAnswer('InitiateMultipartUploadResult', [
    text('Bucket', bucket),
    text('Key', key),
    text('UploadId', id),
  ])
}

export const putPart: Operation = async (request) => {
  const { call, signed, store, bucket, now } = request
  const { folder } = findUpload(request)
  const number = Number(queryValue(call, 'partNumber'))
  if (!Number.isInteger(number) || number < 1 || number > 10_000) throw new Refusal('InvalidArgument')
  if (field(call, 'x-amz-copy-source')) throw new Refusal('NotImplemented')
  const { name, received } = await keepBytes(request, (write) => receive(call, signed, write))
  const { sizeBytes, md5, checksums } = received
  const etag = `"${md5.toString('hex')}"`
  if (!existsSync(folder)) {
    store.discard(bucket, name)
    throw new Refusal('NoSuchUpload')
  }
  const part: Part = { number, bytes: name, sizeBytes, etag, checksums, modifiedAt: now().toISOString() }
  const path = join(folder, `part-${number}.json`)
  const replaced = readSidecar<Part>(path)
  writeSidecar(path, part)
  if (replaced) store.discard(bucket, replaced.bytes)
  return new Response(null, { headers: { etag, ...checksumHeaders(checksums) } })
}

export const abortUpload: Operation = (request) => {
  endUpload(request, findUpload(request).folder)
  return new Response(null, { status: 204 })
}

export const listParts: Operation = (request) => {
  const { call, bucket, key } = request
  const most = Math.min(Number(queryValue(call, 'max-parts') ?? 1000) || 1000, 1000)
  const marker = Number(queryValue(call, 'part-number-marker') ?? 0)
  const parts = partsOf(findUpload(request).folder).filter(({ number }) => number > marker)
  const page = parts.slice(0, most)
  return xmlAnswer('ListPartsResult', [
    text('Bucket', bucket),
    text('Key', key),
    text('UploadId', queryValue(call, 'uploadId')),
    text('PartNumberMarker', marker),
    text('NextPartNumberMarker', page.at(-1)?.number),
    text('MaxParts', most),
    text('IsTruncated', parts.length > page.length),
    ...page.map(({ number, etag, sizeBytes, modifiedAt }) =>
      element(
        'Part',
        text('PartNumber', number),
        text('ETag', etag),
        text('Size', sizeBytes),
        text('LastModified', modifiedAt),
      ),
    ),
  ])
}

export const listUploads: Operation = ({ call, store, bucket }) => {
  const prefix = queryValue(call, 'prefix') ?? ''
  const uploads = readdirSync(store.folder(bucket, 'uploads'))
    .map((id) => ({ id, upload: readSidecar<Upload>(store.folder(bucket, 'uploads', id, 'upload.json')) }))
    .filter(({ upload }) => upload?.key.startsWith(prefix))
  return xmlAnswer('ListMultipartUploadsResult', [
    text('Bucket', bucket),
    text('IsTruncated', false),
    ...uploads.map(({ id, upload }) =>
      element('Upload', text('Key', upload?.key), text('UploadId', id), text('Initiated', upload?.startedAt)),
    ),
  ])
}

export const findUpload = ({
  call,
  store,
  bucket,
  key,
}: OperationRequest): { folder: string; upload: Upload } => {
  const id = queryValue(call, 'uploadId') ?? ''
  const folder = store.folder(bucket, 'uploads', /^[0-9a-f-]{36}$/.test(id) ? id : 'none')
  const upload = readSidecar<Upload>(join(folder, 'upload.json'))
  if (upload?.key !== key) throw new Refusal('NoSuchUpload')
  return { folder, upload }
}

export const partsOf = (folder: string): Part[] =>
  sidecarsIn<Part | Upload>(folder)
    .filter((sidecar) => 'number' in sidecar)
    .sort((one, other) => one.number - other.number)

export const endUpload = ({ store, bucket }: OperationRequest, folder: string): void => {
  const parts = partsOf(folder)
  rmSync(folder, { recursive: true, force: true })
  for (const { bytes } of parts) store.discard(bucket, bytes)
}
