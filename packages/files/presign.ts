import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { fromHex, toBase64 } from './digest.ts'
import { attachment } from './disposition.ts'
import { FilesUnavailable } from './files-unavailable.ts'
import { checkKey } from './key.ts'

export type Upload = {
  key: string
  sizeBytes: number
  contentType: string
  /** 64 lower-case hex digits. */
  sha256: string
  expiresSeconds?: number
}
/** What a browser sends: the address, these headers, the body and nothing else. It adds Content-Length by itself. */
export type UploadLink = { url: string; method: 'PUT'; headers: Record<string, string>; expiresAt: Date }
export type Download = { key: string; fileName: string; contentType: string; expiresSeconds?: number }

type Signer = { client: S3Client; bucket: string; now: (() => Date) | undefined }

const uploadSeconds = 900
const downloadSeconds = 60

/** Takes these bytes under this key once: length, type, SHA-256 and `If-None-Match: *` are signed as headers. */
export const presignUpload = async (
  { client, bucket, now }: Signer,
  { key, sizeBytes, contentType, sha256, expiresSeconds = uploadSeconds }: Upload,
): Promise<UploadLink> => {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new TypeError('sha256 is 64 lower-case hex digits')
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) throw new TypeError('sizeBytes is a whole number')
  const headers = {
    'content-type': contentType,
    'if-none-match': '*',
    'x-amz-checksum-sha256': toBase64(fromHex(sha256)),
  }
  const command = new PutObjectCommand({
    Bucket: bucket,
    Key: checkKey(key),
    ContentLength: sizeBytes,
    ContentType: contentType,
    ChecksumSHA256: headers['x-amz-checksum-sha256'],
    IfNoneMatch: '*',
  })
  const url = await sign('presign an upload', () =>
    getSignedUrl(client, command, {
      expiresIn: expiresSeconds,
      // Without the first the type is not signed; without the second the checksum moves to the query, where none must send it.
      signableHeaders: new Set(['host', 'content-length', ...Object.keys(headers)]),
      unhoistableHeaders: new Set(['x-amz-checksum-sha256']),
      ...signingDate(now),
    }),
  )
  return { url, method: 'PUT', headers, expiresAt: expiryOf(url) }
}

/** A link that saves the file under its name and never shows it in the browser. */
export const presignDownload = (
  { client, bucket, now }: Signer,
  { key, fileName, contentType, expiresSeconds = downloadSeconds }: Download,
): Promise<string> => {
  const command = new GetObjectCommand({
    Bucket: bucket,
    Key: checkKey(key),
    ResponseContentDisposition: attachment(fileName),
    ResponseContentType: contentType,
  })
  return sign('presign a download', () =>
    getSignedUrl(client, command, { expiresIn: expiresSeconds, ...signingDate(now) }),
  )
}

const signingDate = (now: (() => Date) | undefined): { signingDate?: Date } =>
  now ? { signingDate: now() } : {}

const sign = async (operation: string, make: () => Promise<string>): Promise<string> => {
  try {
    return await make()
  } catch (error) {
    throw new FilesUnavailable(operation, error)
  }
}

const expiryOf = (url: string): Date => {
  const query = new URL(url).searchParams
  const time = (query.get('X-Amz-Date') ?? '').replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z')
  return new Date(Date.parse(time) + Number(query.get('X-Amz-Expires')) * 1000)
}
