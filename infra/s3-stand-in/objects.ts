import { queryValue } from './call.ts'
import { checksumHeaders } from './checksums.ts'
import { checkReadConditions, checkWriteConditions, readRange } from './conditions.ts'
import type { Operation, OperationRequest } from './operation.ts'
import { receive, receiveText } from './receive.ts'
import { Refusal } from './refusal.ts'
import { describe, objectHeaders, type StoredObject } from './stored-object.ts'
import { element, elementsOf, text, textOf, xmlAnswer } from './xml.ts'

export const putObject: Operation = async (request) => {
  const { call, signed, key, now } = request
  const description = describe(call)
  const { name, received } = await keepBytes(request, (write) => receive(call, signed, write))
  const { sizeBytes, md5, checksums } = received
  const object: StoredObject = {
    ...description,
    key,
    bytes: name,
    sizeBytes,
    etag: `"${md5.toString('hex')}"`,
    checksums,
    checksumType: 'FULL_OBJECT',
    modifiedAt: now().toISOString(),
  }
  placeObject(request, object)
  return new Response(null, { headers: { etag: object.etag, ...checksumHeaders(checksums) } })
}

/** Lets `fill` write the bytes; nothing of them stays when it refuses. */
export const keepBytes = async <Received>(
  { store, bucket }: OperationRequest,
  fill: (write: (bytes: Uint8Array) => Promise<void>) => Promise<Received>,
): Promise<{ name: string; received: Received }> => {
  const bytes = await store.newBytes(bucket)
  try {
    return { name: bytes.name, received: await fill(bytes.write) }
  } catch (error) {
    store.discard(bucket, bytes.name)
    throw error
  } finally {
    await bytes.close()
  }
}

export const placeObject = ({ call, store, bucket, key }: OperationRequest, object: StoredObject): void => {
  try {
    store.keep(bucket, object, checkWriteConditions(call, store.find(bucket, key)))
  } catch (error) {
    store.discard(bucket, object.bytes)
    throw error
  }
}

export const findObject = ({ store, bucket, key }: OperationRequest): StoredObject => {
  const object = store.find(bucket, key)
  if (!object) throw new Refusal('NoSuchKey', 'The specified key does not exist.')
  return object
}

const overrides = [
  'content-type',
  'content-disposition',
  'content-language',
  'content-encoding',
  'cache-control',
  'expires',
]

export const getObject: Operation = (request) => {
  const { call, store, bucket } = request
  const object = findObject(request)
  checkReadConditions(call, object)
  const range = readRange(call.headers.get('range'), object.sizeBytes)
  const { start, end } = range ?? { start: 0, end: object.sizeBytes }
  const headers = new Headers(
    objectHeaders(object, !range && call.headers.get('x-amz-checksum-mode') === 'ENABLED'),
  )
  for (const name of overrides) {
    const value = queryValue(call, `response-${name}`)
    if (value !== undefined) headers.set(name, value)
  }
  headers.set('content-length', String(end - start))
  if (range) headers.set('content-range', `bytes ${start}-${end - 1}/${object.sizeBytes}`)
  if (call.method === 'HEAD') return new Response(null, { status: range ? 206 : 200, headers })
  const bytes = Bun.file(store.pathOf(bucket, object.bytes))
  return new Response(range ? bytes.slice(start, end).stream() : bytes.stream(), {
    status: range ? 206 : 200,
    headers,
  })
}

export const deleteObject: Operation = ({ store, bucket, key }) => {
  store.remove(bucket, key)
  return new Response(null, { status: 204 })
}

export const deleteObjects: Operation = async ({ call, signed, store, bucket }) => {
  const protectedBody = [...call.headers.keys()].some(
    (name) => name === 'content-md5' || name.startsWith('x-amz-checksum-'),
  )
  if (!protectedBody)
    throw new Refusal('InvalidRequest', 'Missing required header for this request: Content-MD5')
  const document = await receiveText(call, signed)
  const keys = elementsOf(document, 'Object').map((object) => textOf(object, 'Key'))
  if (keys.length === 0 || keys.length > 1000) throw new Refusal('MalformedXML')
  for (const key of keys) if (key) store.remove(bucket, key)
  const quiet = textOf(document, 'Quiet') === 'true'
  return xmlAnswer('DeleteResult', quiet ? [] : keys.map((key) => element('Deleted', text('Key', key))))
}
