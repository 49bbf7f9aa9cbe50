import { field } from './call.ts'
import { checkReadConditions } from './conditions.ts'
import { findObject, keepBytes, placeObject } from './objects.ts'
import type { Operation } from './operation.ts'
import { Refusal } from './refusal.ts'
import { describe, type StoredObject } from './stored-object.ts'
import { text, xmlAnswer } from './xml.ts'

export const copyObject: Operation = async (request) => {
  const { call, store, bucket, key, now } = request
  const from = readSource(field(call, 'x-amz-copy-source') ?? '')
  if (!store.hasBucket(from.bucket)) throw new Refusal('NoSuchBucket')
  const source = findObject({ ...request, ...from })
  checkReadConditions(call, source, 'x-amz-copy-source-')
  const replaces = field(call, 'x-amz-metadata-directive') === 'REPLACE'
  if (!replaces && from.bucket === bucket && from.key === key)
    throw new Refusal('InvalidRequest', 'A copy to itself must change something')
  const { name } = await keepBytes(request, async (write) => {
    for await (const bytes of Bun.file(store.pathOf(from.bucket, source.bytes)).stream()) await write(bytes)
  })
  const object: StoredObject = {
    ...source,
    ...(replaces ? describe(call) : {}),
    key,
    bytes: name,
    modifiedAt: now().toISOString(),
  }
  placeObject(request, object)
  return xmlAnswer('CopyObjectResult', [text('ETag', object.etag), text('LastModified', object.modifiedAt)])
}

const readSource = (source: string): { bucket: string; key: string } => {
  const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decodeSource(source)) ?? []
  if (!bucket || !key) throw new Refusal('InvalidArgument', 'Copy source must name a bucket and a key')
  return { bucket, key }
}

const decodeSource = (source: string): string => {
  try {
    return decodeURIComponent(source)
  } catch {
    throw new Refusal('InvalidArgument', 'Copy source is not valid')
  }
}
