import { createHash } from 'node:crypto'
import { type Checksum, type Checksums, startChecksum } from './checksums.ts'
import { keepBytes, placeObject } from './objects.ts'
import type { Operation, OperationRequest } from './operation.ts'
import { receiveText } from './receive.ts'
import { Refusal } from './refusal.ts'
import type { StoredObject } from './stored-object.ts'
import { endUpload, findUpload, type Part, partsOf, type Upload } from './uploads.ts'
import { elementsOf, text, textOf, xmlAnswer } from './xml.ts'

const leastPartBytes = 5 * 1024 ** 2

export const completeUpload: Operation = async (request) => {
  const { call, signed, bucket, key, now } = request
  const { folder, upload } = findUpload(request)
  // The document's own checksum headers speak of the finished object, not of these few lines.
  const document = await receiveText({ ...call, headers: withoutChecksums(call.headers) }, signed)
  const parts = chooseParts(document, partsOf(folder))
  const { name, received } = await keepBytes(request, (write) => join(request, upload, parts, write))
  const object: StoredObject = {
    headers: upload.headers,
    metadata: upload.metadata,
    key,
    bytes: name,
    sizeBytes: parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    etag: `"${createHash('md5')
      .update(Buffer.concat(parts.map(md5Of)))
      .digest('hex')}-${parts.length}"`,
    checksums: received,
    checksumType: upload.checksumType,
    modifiedAt: now().toISOString(),
  }
  placeObject(request, object)
  endUpload(request, folder)
  const sums = Object.entries(received).map(([algorithm, value]) =>
    text(`Checksum${algorithm.toUpperCase()}`, value),
  )
  return xmlAnswer('CompleteMultipartUploadResult', [
    text('Bucket', bucket),
    text('Key', key),
    text('ETag', object.etag),
    ...sums,
    text('ChecksumType', sums.length > 0 ? upload.checksumType : undefined),
  ])
}

const withoutChecksums = (headers: Headers): Headers =>
  new Headers([...headers].filter(([name]) => !name.startsWith('x-amz-checksum-')))

const md5Of = ({ etag }: Part): Buffer => Buffer.from(etag.replaceAll('"', ''), 'hex')

const chooseParts = (document: string, stored: Part[]): Part[] => {
  const parts = elementsOf(document, 'Part').map((wanted) => {
    const part = stored.find(({ number }) => number === Number(textOf(wanted, 'PartNumber')))
    const sameBytes = part && part.etag.replaceAll('"', '') === textOf(wanted, 'ETag')?.replaceAll('"', '')
    if (!sameBytes) throw new Refusal('InvalidPart')
    for (const [algorithm, value] of Object.entries(part.checksums)) {
      const claimed = textOf(wanted, `Checksum${algorithm.toUpperCase()}`)
      if (claimed !== undefined && claimed !== value) throw new Refusal('InvalidPart')
    }
    return part
  })
  if (parts.length === 0) throw new Refusal('MalformedXML')
  if (parts.some(({ number }, index) => number <= (parts[index - 1]?.number ?? 0)))
    throw new Refusal('InvalidPartOrder')
  if (parts.slice(0, -1).some(({ sizeBytes }) => sizeBytes < leastPartBytes))
    throw new Refusal('EntityTooSmall')
  return parts
}

/** Writes the parts one after another and says the object's checksum. */
const join = async (
  { call, store, bucket }: OperationRequest,
  { algorithm, checksumType }: Upload,
  parts: Part[],
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<Checksums> => {
  const whole = algorithm && checksumType === 'FULL_OBJECT' ? startChecksum(algorithm) : undefined
  for (const part of parts) {
    for await (const bytes of Bun.file(store.pathOf(bucket, part.bytes)).stream()) {
      whole?.update(bytes)
      await write(bytes)
    }
  }
  if (!algorithm) return {}
  const found = whole
    ? whole.digest().toString('base64')
    : composite(parts, startChecksum(algorithm), algorithm)
  const promised = call.headers.get(`x-amz-checksum-${algorithm}`)
  if (promised !== null && found !== undefined && promised !== found) throw new Refusal('BadDigest')
  return found === undefined ? {} : { [algorithm]: found }
}

const composite = (parts: Part[], checksum: Checksum, algorithm: keyof Checksums): string | undefined => {
  for (const { checksums } of parts) {
    const value = checksums[algorithm]
    if (value === undefined) return undefined
    checksum.update(Buffer.from(value, 'base64'))
  }
  return `${checksum.digest().toString('base64')}-${parts.length}`
}
