import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createHash, randomUUID } from 'node:crypto'
import { type Files, openFiles, type StoreSettings, type UploadLink } from './index.ts'

type Opened = { settings: StoreSettings; close: () => Promise<void> }

const hour = 3_600_000
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const newKey = (): string => `uploads/${randomUUID()}`
const bytes = new TextEncoder().encode('Счёт № 17 на оплату, 12 000 ₽')
const other = new TextEncoder().encode('Счёт № 17 на оплату, 92 000 ₽')
const contentType = 'application/pdf'

/** What each store behind `openFiles` must do and refuse; runs against whichever store `open` starts. */
export const describeFiles = (name: string, open: () => Promise<Opened>): void => {
  describe(`files in ${name}`, () => {
    let opened: Opened
    let files: Files
    beforeAll(async () => {
      opened = await open()
      files = openFiles(opened.settings)
      await files.ensureBucket()
    }, 600_000)
    afterAll(() => opened?.close())

    const linkFor = (key: string): Promise<UploadLink> =>
      files.presignUpload({ key, sizeBytes: bytes.length, contentType, sha256: sha256(bytes) })
    const send = (
      link: UploadLink,
      change: { url?: string; headers?: HeadersInit; body?: Uint8Array } = {},
    ) =>
      fetch(change.url ?? link.url, {
        method: 'PUT',
        headers: change.headers ?? link.headers,
        body: Uint8Array.from(change.body ?? bytes),
      })
    const downloadLink = (key: string, fileName = 'invoice.pdf') =>
      files.presignDownload({ key, fileName, contentType })
    const refused = async (response: Response, key: string): Promise<void> => {
      expect(response.status).toBeGreaterThanOrEqual(400)
      expect(response.status).toBeLessThan(500)
      expect(await files.head(key)).toBeUndefined()
    }

    test('a presigned upload stores the bytes, their size, type and SHA-256', async () => {
      const key = newKey()
      const link = await linkFor(key)
      expect((await send(link)).status).toBe(200)
      expect(await files.head(key)).toEqual({ sizeBytes: bytes.length, sha256: sha256(bytes), contentType })
      expect(await files.sha256Of(key)).toEqual({ sizeBytes: bytes.length, sha256: sha256(bytes) })
      expect(await new Response(await files.read(key)).bytes()).toEqual(bytes)
    })

    test('an upload link signs length, type, checksum and condition, and no checksum of an empty body', async () => {
      const link = await linkFor(newKey())
      expect(link.url).not.toContain('x-amz-checksum-crc32')
      const signed = new URL(link.url).searchParams.get('X-Amz-SignedHeaders')
      expect(signed).toBe('content-length;content-type;host;if-none-match;x-amz-checksum-sha256')
      expect(Math.abs(link.expiresAt.getTime() - Date.now() - hour / 4)).toBeLessThan(60_000)
    })

    test('other bytes of the same length are refused', async () => {
      const key = newKey()
      await refused(await send(await linkFor(key), { body: other }), key)
    })

    test('more or fewer bytes are refused', async () => {
      const key = newKey()
      const link = await linkFor(key)
      await refused(await send(link, { body: bytes.subarray(1) }), key)
      await refused(await send(link, { body: Buffer.concat([bytes, bytes]) }), key)
    })

    test('another type is refused, and none as well', async () => {
      const key = newKey()
      const link = await linkFor(key)
      await refused(await send(link, { headers: { ...link.headers, 'content-type': 'text/html' } }), key)
      const { 'content-type': _, ...headers } = link.headers
      await refused(await send(link, { headers }), key)
    })

    test('another key is refused', async () => {
      const [key, otherKey] = [newKey(), newKey()]
      const link = await linkFor(key)
      await refused(await send(link, { url: link.url.replace(key, otherKey) }), otherKey)
      expect(await files.head(key)).toBeUndefined()
    })

    test('a changed checksum is refused, also when it fits the changed bytes', async () => {
      const key = newKey()
      const link = await linkFor(key)
      const changed = createHash('sha256').update(other).digest('base64')
      const headers = { ...link.headers, 'x-amz-checksum-sha256': changed }
      await refused(await send(link, { headers, body: other }), key)
    })

    test('an omitted checksum or condition is refused', async () => {
      const key = newKey()
      const link = await linkFor(key)
      for (const omitted of ['x-amz-checksum-sha256', 'if-none-match']) {
        const headers = Object.fromEntries(Object.entries(link.headers).filter(([name]) => name !== omitted))
        await refused(await send(link, { headers }), key)
      }
    })

    test('a link takes one upload: the second is told 412', async () => {
      const key = newKey()
      const link = await linkFor(key)
      expect((await send(link)).status).toBe(200)
      expect((await send(link)).status).toBe(412)
      expect((await send(await linkFor(key))).status).toBe(412)
    })

    test('of many uploads of one key at once exactly one wins', async () => {
      const link = await linkFor(newKey())
      const answers = await Promise.all(Array.from({ length: 12 }, () => send(link)))
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    })

    test('an expired link is refused', async () => {
      const key = newKey()
      const early = openFiles({ ...opened.settings, now: () => new Date(Date.now() - hour) })
      const link = await early.presignUpload({
        key,
        sizeBytes: bytes.length,
        contentType,
        sha256: sha256(bytes),
      })
      await refused(await send(link), key)
      await files.put(key, bytes, contentType)
      const download = await early.presignDownload({ key, fileName: 'invoice.pdf', contentType })
      expect((await fetch(download)).status).toBe(403)
    })

    test('a link made with another secret is refused', async () => {
      const key = newKey()
      const stranger = openFiles({ ...opened.settings, secretKey: 'not-the-secret' })
      const what = { key, sizeBytes: bytes.length, contentType, sha256: sha256(bytes) }
      await refused(await send(await stranger.presignUpload(what)), key)
      expect(await stranger.ready()).toBe(false)
    })

    test('a download is an attachment under its Cyrillic name', async () => {
      const key = newKey()
      await files.put(key, bytes, contentType)
      const response = await fetch(await downloadLink(key, 'Счёт "17" (март).pdf'))
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe(contentType)
      const disposition = response.headers.get('content-disposition') ?? ''
      expect(disposition).toStartWith('attachment; filename="')
      const [, name = ''] = /filename\*=UTF-8''(.+)$/.exec(disposition) ?? []
      expect(decodeURIComponent(name)).toBe('Счёт "17" (март).pdf')
      expect(await response.bytes()).toEqual(bytes)
    })

    test('a download whose disposition was changed is refused', async () => {
      const key = newKey()
      await files.put(key, bytes, contentType)
      const link = await downloadLink(key)
      expect((await fetch(link.replace('attachment', 'inline'))).status).toBe(403)
      expect((await fetch(`${link}&response-content-disposition=inline`)).status).toBeGreaterThanOrEqual(400)
    })

    test('a download link neither uploads nor deletes', async () => {
      const key = newKey()
      const link = await downloadLink(key)
      await refused(await fetch(link, { method: 'PUT', body: bytes }), key)
      await files.put(key, bytes, contentType)
      expect((await fetch(link, { method: 'DELETE' })).status).toBe(403)
      expect(await files.head(key)).toBeDefined()
    })

    test('what is not there is undefined, and removing it is no fault', async () => {
      const key = newKey()
      expect(await files.head(key)).toBeUndefined()
      expect(await files.read(key)).toBeUndefined()
      expect(await files.sha256Of(key)).toBeUndefined()
      await files.remove(key)
    })

    test('what was put can be read and removed', async () => {
      const key = newKey()
      await files.put(key, bytes, contentType)
      expect(await new Response(await files.read(key)).bytes()).toEqual(bytes)
      await files.remove(key)
      expect(await files.read(key)).toBeUndefined()
    })

    test('of a large object only the start is read, of a short or empty one all there is', async () => {
      const [large, empty] = [newKey(), newKey()]
      await files.put(
        large,
        Uint8Array.from({ length: 300_000 }, (_, i) => i % 251),
        contentType,
      )
      await files.put(empty, new Uint8Array(), contentType)
      expect(await files.readStart(large, 4)).toEqual(Uint8Array.of(0, 1, 2, 3))
      expect((await files.readStart(large, 400_000))?.length).toBe(300_000)
      expect(await files.readStart(empty, 4)).toEqual(new Uint8Array())
      expect(await files.readStart(newKey(), 4)).toBeUndefined()
    })

    test('the SHA-256 of an object that the store keeps none for is that of its bytes', async () => {
      const key = newKey()
      const large = new Uint8Array(3_000_001).fill(7)
      await putWithoutChecksum(opened.settings, key, large)
      expect((await files.head(key))?.sha256).toBeUndefined()
      expect(await files.sha256Of(key)).toEqual({ sizeBytes: large.length, sha256: sha256(large) })
    })

    test('a bucket that is there is made again without complaint, and one that is not is not ready', async () => {
      await files.ensureBucket()
      expect(await files.ready()).toBe(true)
      expect(await openFiles({ ...opened.settings, bucket: 'nobody-made-this' }).ready()).toBe(false)
    })
  })
}

const putWithoutChecksum = async (settings: StoreSettings, key: string, body: Uint8Array): Promise<void> => {
  const { S3Client, PutObjectCommand } = await import('@aws-sdk/client-s3')
  const client = new S3Client({
    endpoint: settings.endpoint,
    region: settings.region,
    credentials: { accessKeyId: settings.accessKey, secretAccessKey: settings.secretKey },
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  })
  await client.send(new PutObjectCommand({ Bucket: settings.bucket, Key: key, Body: body }))
}
