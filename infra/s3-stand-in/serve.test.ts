import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { bucket, keys, openClient } from './start-stand-in.ts'

let dir: string
const running: Bun.Subprocess[] = []
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kontora-s3-'))
})
afterEach(async () => {
  for (const child of running.splice(0)) {
    child.kill('SIGKILL')
    await child.exited
  }
})
afterAll(() => rm(dir, { recursive: true }))

const start = async () => {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, 'serve.ts'), '0', dir], {
    env: { S3_ACCESS_KEY: keys.accessKey, S3_SECRET_KEY: keys.secretKey },
    stdout: 'pipe',
    stderr: 'inherit',
  })
  running.push(child)
  const { value } = await child.stdout.getReader().read()
  const line = JSON.parse(Buffer.from(value ?? []).toString()) as {
    part: string
    state: string
    port: number
  }
  return {
    child,
    line,
    origin: `http://127.0.0.1:${line.port}`,
    client: openClient(`http://127.0.0.1:${line.port}`),
  }
}

/** Looks at a process' memory until told to stop, and says the most it saw. */
const watchMemory = (pid: number): (() => number) => {
  const look = () => Number(Bun.spawnSync(['ps', '-o', 'rss=', '-p', `${pid}`]).stdout.toString()) * 1024
  let most = look()
  const timer = setInterval(() => {
    most = Math.max(most, look())
  }, 25)
  return () => {
    clearInterval(timer)
    return Math.max(most, look())
  }
}

test('it says in one line that it is up and where, and SIGTERM ends it', async () => {
  const { child, line, origin } = await start()
  expect(line).toEqual({ part: 's3', state: 'up', port: expect.any(Number) })
  expect((await fetch(`${origin}/_stand-in/health`)).status).toBe(200)
  child.kill('SIGTERM')
  expect(await child.exited).toBe(0)
})

test('killed at any moment it leaves whole objects only, old or new, and no leftovers', async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
  console.log(`seed ${seed}`)
  const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
  let acknowledged = 0
  for (let round = 0; round < 4; round++) {
    const { child, client } = await start()
    if (round === 0) await client.send(new CreateBucketCommand({ Bucket: bucket }))
    const kill = setTimeout(() => child.kill('SIGKILL'), 60 + ((seed * (round + 7)) % 140))
    const write = async (key: string): Promise<void> => {
      for (let fill = 0; ; fill++) {
        const Body = new Uint8Array(400_000 + fill).fill(fill)
        await client.send(
          new PutObjectCommand({ Bucket: bucket, Key: key, Body, Metadata: { sha256: sha256(Body) } }),
        )
        acknowledged++
      }
    }
    await Promise.allSettled(Array.from({ length: 6 }, (_, index) => write(`round-${round % 2}/${index}`)))
    clearTimeout(kill)
  }
  expect(acknowledged).toBeGreaterThan(0)
  const { client } = await start()
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }))
  expect(Contents.length).toBeGreaterThan(0)
  for (const { Key, Size } of Contents) {
    const found = await client.send(new GetObjectCommand({ Bucket: bucket, Key }))
    const bytes = await found.Body!.transformToByteArray()
    expect(bytes.length).toBe(Size!)
    expect(sha256(bytes)).toBe(found.Metadata?.sha256 ?? '')
  }
  expect((await readdir(join(dir, bucket, 'bytes'))).length).toBe(Contents.length)
  expect((await readdir(join(dir, bucket, 'objects'))).length).toBe(Contents.length)
}, 30_000)

test('a large body passes through without being held', async () => {
  const { child, client } = await start()
  await client.send(new CreateBucketCommand({ Bucket: 'large' }))
  const before = watchMemory(child.pid)()
  const mostSeen = watchMemory(child.pid)
  const Body = new Uint8Array(300 * 1024 ** 2).fill(5)
  await client.send(new PutObjectCommand({ Bucket: 'large', Key: 'a', Body }))
  const found = await client.send(new GetObjectCommand({ Bucket: 'large', Key: 'a' }))
  let sizeBytes = 0
  for await (const piece of found.Body as AsyncIterable<Uint8Array>) sizeBytes += piece.length
  expect(sizeBytes).toBe(Body.length)
  expect(mostSeen() - before).toBeLessThan(150 * 1024 ** 2)
}, 60_000)
