import { createBucket, deleteBucket, headBucket, listBuckets, listObjects } from './buckets.ts'
import { type Call, field, readCall } from './call.ts'
import { completeUpload } from './complete-upload.ts'
import { copyObject } from './copy-object.ts'
import { answerPreflight, withCors } from './cors.ts'
import { deleteObject, deleteObjects, getObject, putObject } from './objects.ts'
import type { Operation } from './operation.ts'
import { Refusal } from './refusal.ts'
import { type Keys, verifySignature } from './signature.ts'
import { openStore, type Store } from './store.ts'
import { abortUpload, createUpload, listParts, listUploads, putPart } from './uploads.ts'
import { refusalAnswer } from './xml.ts'

export type S3StandIn = { fetch: (request: Request) => Promise<Response> }

type Options = { dir: string; accessKey: string; secretKey: string; region?: string; now?: () => Date }

/** An S3 of one process over a folder, which refuses what AWS refuses. */
export const createS3StandIn = ({
  dir,
  accessKey,
  secretKey,
  region = 'us-east-1',
  now = () => new Date(),
}: Options): S3StandIn => {
  const store = openStore(dir)
  const keys = { accessKey, secretKey, region, now }
  return {
    fetch: async (request) => {
      if (new URL(request.url).pathname === '/_stand-in/health') return Response.json({ state: 'up' })
      if (request.method === 'OPTIONS') return answerPreflight(request)
      return withCors(request, await answer(request, store, keys))
    },
  }
}

const operations: Record<string, Operation> = {
  'GET service': listBuckets,
  'PUT bucket': createBucket,
  'HEAD bucket': headBucket,
  'DELETE bucket': deleteBucket,
  'GET bucket list-type': listObjects,
  'GET bucket uploads': listUploads,
  'POST bucket delete': deleteObjects,
  'PUT object': putObject,
  'PUT object copy': copyObject,
  'GET object': getObject,
  'HEAD object': getObject,
  'DELETE object': deleteObject,
  'POST object uploads': createUpload,
  'PUT object uploadId': putPart,
  'POST object uploadId': completeUpload,
  'DELETE object uploadId': abortUpload,
  'GET object uploadId': listParts,
}

// What makes another operation of the same method; those without a line above are answered 501.
const subresources = [
  ...['uploadId', 'uploads', 'list-type', 'delete', 'acl', 'attributes', 'cors', 'encryption', 'legal-hold'],
  ...['lifecycle', 'location', 'logging', 'notification', 'object-lock', 'ownershipControls', 'policy'],
  ...[
    'publicAccessBlock',
    'replication',
    'restore',
    'retention',
    'select',
    'tagging',
    'torrent',
    'versionId',
  ],
  ...['versioning', 'versions', 'website'],
]

const answer = async (request: Request, store: Store, keys: Keys): Promise<Response> => {
  try {
    const call = readCall(request)
    const signed = verifySignature(call, keys)
    const { bucket = '', key = '' } = call
    const name = operationName(call)
    const operation = operations[name]
    if (!operation) throw new Refusal('NotImplemented')
    if (bucket && name !== 'PUT bucket' && !store.hasBucket(bucket)) throw new Refusal('NoSuchBucket')
    return await operation({ call, signed, store, bucket, key, now: keys.now })
  } catch (error) {
    if (!(error instanceof Refusal)) console.error(error)
    const refusal = error instanceof Refusal ? error : new Refusal('InternalError')
    return refusalAnswer(refusal, new URL(request.url).pathname, request.method)
  }
}

const operationName = (call: Call): string => {
  const target = call.bucket === undefined ? 'service' : call.key === undefined ? 'bucket' : 'object'
  const subresource = subresources.find((name) => call.query.some(([other]) => other === name))
  const copies = !subresource && call.method === 'PUT' && field(call, 'x-amz-copy-source') !== undefined
  return [call.method, target, copies ? 'copy' : subresource].filter(Boolean).join(' ')
}
