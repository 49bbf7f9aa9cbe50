import { S3Client } from '@aws-sdk/client-s3'
import { codeOf, FilesUnavailable } from './files-unavailable.ts'

export type StoreSettings = {
  endpoint: string
  region: string
  bucket: string
  accessKey: string
  secretKey: string
  /** Where a browser reaches the same store; links are made for it. */
  publicEndpoint?: string
  /** When a link is made; the SDK's clock if it is not given. */
  now?: () => Date
  /** The longest wait for an answer, and for the next bytes of a body. */
  timeoutMs?: number
}

export const openClient = (settings: StoreSettings, endpoint: string): S3Client =>
  new S3Client({
    endpoint,
    region: settings.region,
    credentials: { accessKeyId: settings.accessKey, secretAccessKey: settings.secretKey },
    forcePathStyle: true,
    maxAttempts: 2,
    // The SDK's default signs the CRC32 of an empty body into every upload link.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // A smaller chunk that is not the last is refused by S3.
    requestStreamBufferSize: 65_536,
  })

const missing = ['NotFound', 'NoSuchKey']

/** Runs one call with a limit of time; its failures are told without what it was about. */
export const ask = async <Answer>(
  operation: string,
  timeoutMs: number,
  call: (limit: { abortSignal: AbortSignal }) => Promise<Answer>,
): Promise<Answer> => {
  const abort = new AbortController()
  const timer = setTimeout(
    () => abort.abort(new DOMException('No answer in time', 'TimeoutError')),
    timeoutMs,
  )
  try {
    return await call({ abortSignal: abort.signal })
  } catch (error) {
    throw new FilesUnavailable(operation, abort.signal.aborted ? abort.signal.reason : error)
  } finally {
    clearTimeout(timer)
  }
}

/** As `ask`, but what is not there is undefined. */
export const askIfThere = async <Answer>(
  operation: string,
  timeoutMs: number,
  call: (limit: { abortSignal: AbortSignal }) => Promise<Answer>,
): Promise<Answer | undefined> =>
  ask(operation, timeoutMs, async (limit) => {
    try {
      return await call(limit)
    } catch (error) {
      if (missing.includes(codeOf(error))) return undefined
      throw error
    }
  })
