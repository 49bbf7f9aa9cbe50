import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { createS3StandIn } from './index.ts'

export const bucket = 'kontora-test'
export const keys = { accessKey: 'test-access', secretKey: 'test-secret-key' }

export type Started = {
  origin: string
  client: (options?: S3ClientConfig) => S3Client
  close: () => Promise<void>
}

export const openClient = (origin: string, options: S3ClientConfig = {}): S3Client =>
  new S3Client({
    endpoint: origin,
    region: 'us-east-1',
    credentials: { accessKeyId: keys.accessKey, secretAccessKey: keys.secretKey },
    forcePathStyle: true,
    maxAttempts: 1,
    ...options,
  })

/** For tests: a stand-in on a free port over a temporary folder. */
export const startStandIn = async (): Promise<Started> => {
  const dir = await mkdtemp(join(tmpdir(), 'kontora-s3-'))
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: createS3StandIn({ dir, ...keys }).fetch })
  return {
    origin: server.url.origin,
    client: (options) => openClient(server.url.origin, options),
    close: async () => {
      await server.stop(true)
      await rm(dir, { recursive: true })
    },
  }
}

/** The code of S3's refusal, as the SDK tells it. */
export const refusalOf = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'accepted',
    (error: Error) => error.name,
  )
