import type { S3Client } from '@aws-sdk/client-s3'

type Digest = { sizeBytes: number; sha256: string }
type WorkersCrypto = { DigestStream?: new (algorithm: string) => DigestStream }
type DigestStream = WritableStream<Uint8Array> & { readonly digest: Promise<ArrayBuffer> }

/**
 * SHA-256 of a stream in constant memory. `crypto.subtle` takes whole buffers only, so workerd's own DigestStream is used
 * where there is one, and elsewhere the running hash that the S3 client signs with, which is native on Bun and Deno.
 */
export const digestStream = async (
  stream: ReadableStream<Uint8Array>,
  Sha256: S3Client['config']['sha256'],
): Promise<Digest> => {
  const { DigestStream } = crypto as WorkersCrypto
  return DigestStream
    ? digestOnWorkers(stream, new DigestStream('SHA-256'))
    : digestByHash(stream, new Sha256())
}

type RunningHash = { update: (bytes: Uint8Array) => void; digest: () => Promise<Uint8Array> }

const digestByHash = async (stream: ReadableStream<Uint8Array>, hash: RunningHash): Promise<Digest> => {
  let sizeBytes = 0
  await stream.pipeTo(
    new WritableStream({
      write: (bytes) => {
        sizeBytes += bytes.length
        hash.update(bytes)
      },
    }),
  )
  return { sizeBytes, sha256: toHex(await hash.digest()) }
}

const digestOnWorkers = async (
  stream: ReadableStream<Uint8Array>,
  digesting: DigestStream,
): Promise<Digest> => {
  let sizeBytes = 0
  const counted = stream.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (bytes, controller) => {
        sizeBytes += bytes.length
        controller.enqueue(bytes)
      },
    }),
  )
  await counted.pipeTo(digesting)
  return { sizeBytes, sha256: toHex(new Uint8Array(await digesting.digest)) }
}

export const sha256OfBytes = async (bytes: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes.slice()))

export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

export const fromHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

export const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))

export const fromBase64 = (text: string): Uint8Array =>
  Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
