import { expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createS3StandIn } from '@kontora/s3-stand-in'
import { describeFiles } from './contract.node.ts'
import { attachment } from './disposition.ts'
import { FilesUnavailable, openFiles } from './index.ts'

const keys = { accessKey: 'test-access', secretKey: 'test-secret-key' }
const place = { ...keys, region: 'us-east-1', bucket: 'kontora-test' }

describeFiles('the stand-in', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'kontora-files-'))
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: createS3StandIn({ dir, ...keys }).fetch })
  return {
    settings: { ...place, endpoint: server.url.origin },
    close: async () => {
      await server.stop(true)
      await rm(dir, { recursive: true })
    },
  }
})

const fileName = 'secret.pdf'
const key = 'uploads/secret-key-of-someone'

test('a store that is away is FilesUnavailable, naming the operation and nothing of the file', async () => {
  const files = openFiles({ ...place, endpoint: 'http://127.0.0.1:1' })
  const error = await files.head(key).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(FilesUnavailable)
  expect((error as FilesUnavailable).operation).toBe('head')
  expect(Bun.inspect(error)).not.toContain('secret-key-of-someone')
  expect(await files.ready()).toBe(false)
})

test('a store that does not answer is given up after the limit', async () => {
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Promise<Response>(() => {}) })
  const files = openFiles({ ...place, endpoint: server.url.origin, timeoutMs: 200 })
  const started = performance.now()
  const error = await files.read(key).catch((error: unknown) => error)
  expect((error as FilesUnavailable).code).toBe('TimeoutError')
  expect(performance.now() - started).toBeLessThan(2000)
  await server.stop(true)
})

test('a body that stops coming is given up after the limit', async () => {
  const body = () =>
    new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(1000)),
      pull: () => new Promise(() => {}),
    })
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response(body()) })
  const files = openFiles({ ...place, endpoint: server.url.origin, timeoutMs: 200 })
  const stream = await files.read(key)
  const error = await new Response(stream).bytes().catch((error: unknown) => error)
  expect(error).toBeInstanceOf(FilesUnavailable)
  await server.stop(true)
})

test('links are made for the address that a browser reaches', async () => {
  const files = openFiles({
    ...place,
    endpoint: 'http://s3.internal:9000',
    publicEndpoint: 'https://files.example',
  })
  const link = await files.presignDownload({ key, fileName, contentType: 'application/pdf' })
  expect(link).toStartWith(`https://files.example/kontora-test/${key}?`)
})

test('a key that could hold what a person typed is refused and not repeated', async () => {
  const files = openFiles({ ...place, endpoint: 'http://127.0.0.1:1' })
  for (const wrong of [
    'Счёт.pdf',
    '../up',
    'a/../b',
    'a//b',
    '/a',
    'a b',
    'a%2f',
    'A',
    '',
    'a'.repeat(513),
  ]) {
    const error = await files.head(wrong).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(TypeError)
    expect(String(error)).toBe('TypeError: An S3 key is lower-case ids and words between slashes')
  }
})

test('a file name cannot leave its quotes, add a header or turn its ending round', () => {
  expect(attachment('a"; filename="b.exe')).toBe(
    `attachment; filename="a_; filename=_b.exe"; filename*=UTF-8''a%22%3B%20filename%3D%22b.exe`,
  )
  expect(attachment('a\r\nSet-Cookie: b/../c\u202Efdp.exe')).toBe(
    `attachment; filename="a__Set-Cookie: b_.._c_fdp.exe"; filename*=UTF-8''a__Set-Cookie%3A%20b_.._c_fdp.exe`,
  )
  expect(attachment(`${'я'.repeat(199)}😀`)).not.toContain('%EF%BF%BD')
  expect(attachment('')).toBe(`attachment; filename="file"; filename*=UTF-8''file`)
})
