import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { digestStream, fromBase64, sha256OfBytes, toBase64, toHex } from './digest.ts'
import { codeOf, FilesUnavailable } from './files-unavailable.ts'
import { checkKey } from './key.ts'
import { type Download, presignDownload, presignUpload, type Upload, type UploadLink } from './presign.ts'
import { ask, askIfThere, openClient, type StoreSettings } from './store.ts'
import { takeStart } from './take-start.ts'
import { withIdleLimit } from './with-idle-limit.ts'

export type StoredFile = { sizeBytes: number; sha256: string | undefined; contentType: string | undefined }

export type Files = {
  presignUpload: (what: Upload) => Promise<UploadLink>
  presignDownload: (what: Download) => Promise<string>
  head: (key: string) => Promise<StoredFile | undefined>
  read: (key: string) => Promise<ReadableStream<Uint8Array> | undefined>
  /** The first `bytes` bytes, or all of a shorter object. */
  readStart: (key: string, bytes: number) => Promise<Uint8Array | undefined>
  /** The SHA-256 that the store checked and kept, else that of the bytes, read through once. */
  sha256Of: (key: string) => Promise<{ sizeBytes: number; sha256: string } | undefined>
  put: (key: string, body: Uint8Array, contentType: string) => Promise<void>
  remove: (key: string) => Promise<void>
  ready: () => Promise<boolean>
  ensureBucket: () => Promise<void>
}

export const openFiles = (settings: StoreSettings): Files => {
  const { bucket: Bucket, endpoint, publicEndpoint = endpoint, timeoutMs = 10_000 } = settings
  const client = openClient(settings, endpoint)
  const signer = { client: openClient(settings, publicEndpoint), bucket: Bucket, now: settings.now }
  const object = (key: string) => ({ Bucket, Key: checkKey(key) })

  const head: Files['head'] = async (key) => {
    const command = new HeadObjectCommand({ ...object(key), ChecksumMode: 'ENABLED' })
    const found = await askIfThere('head', timeoutMs, (limit) => client.send(command, limit))
    return (
      found && {
        sizeBytes: found.ContentLength ?? 0,
        sha256: wholeSha256(found),
        contentType: found.ContentType,
      }
    )
  }

  const readRange = async (key: string, range: { Range?: string } = {}) => {
    const command = new GetObjectCommand({ ...object(key), ...range })
    const found = await askIfThere('read', timeoutMs, (limit) => client.send(command, limit))
    const stream: ReadableStream<Uint8Array> | undefined = found?.Body?.transformToWebStream()
    return stream && withIdleLimit(stream, timeoutMs, (error) => new FilesUnavailable('read', error))
  }

  const readStart: Files['readStart'] = async (key, bytes) => {
    try {
      const stream = await readRange(key, { Range: `bytes=0-${bytes - 1}` })
      return stream && (await takeStart(stream, bytes))
    } catch (error) {
      // An empty object has no first byte.
      if (error instanceof FilesUnavailable && error.code === 'InvalidRange') return new Uint8Array()
      throw error
    }
  }

  const ready: Files['ready'] = () =>
    ask('ready', timeoutMs, (limit) => client.send(new HeadBucketCommand({ Bucket }), limit)).then(
      () => true,
      () => false,
    )

  return {
    presignUpload: (what) => presignUpload(signer, what),
    presignDownload: (what) => presignDownload(signer, what),
    head,
    read: (key) => readRange(key),
    readStart,
    sha256Of: async (key) => {
      const known = await head(key)
      if (known?.sha256) return { sizeBytes: known.sizeBytes, sha256: known.sha256 }
      const stream = known && (await readRange(key))
      return stream && digestStream(stream, client.config.sha256)
    },
    put: async (key, body, contentType) => {
      const ChecksumSHA256 = toBase64(await sha256OfBytes(body))
      const command = new PutObjectCommand({
        ...object(key),
        Body: body,
        ContentType: contentType,
        ChecksumSHA256,
      })
      await ask('put', timeoutMs, (limit) => client.send(command, limit))
    },
    remove: async (key) => {
      await ask('remove', timeoutMs, (limit) => client.send(new DeleteObjectCommand(object(key)), limit))
    },
    ready,
    ensureBucket: async () => {
      if (await ready()) return
      await ask('make the bucket', timeoutMs, async (limit) => {
        try {
          await client.send(new CreateBucketCommand({ Bucket }), limit)
        } catch (error) {
          if (!alreadyThere.includes(codeOf(error))) throw error
        }
      })
    },
  }
}

const alreadyThere = ['BucketAlreadyOwnedByYou', 'BucketAlreadyExists']

// A checksum of parts' checksums ends in their number and says nothing of the whole.
const wholeSha256 = (found: { ChecksumSHA256?: string | undefined; ChecksumType?: string | undefined }) =>
  found.ChecksumSHA256 && found.ChecksumType !== 'COMPOSITE' && !found.ChecksumSHA256.includes('-')
    ? toHex(fromBase64(found.ChecksumSHA256))
    : undefined
