import { afterAll, beforeAll, expect, test } from 'bun:test'
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadBucketCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { readCall } from './call.ts'
import { verifySignature } from './signature.ts'
import { bucket, keys, openClient, refusalOf, type Started, startStandIn } from './start-stand-in.ts'

let standIn: Started
beforeAll(async () => {
  standIn = await startStandIn()
  await standIn.client().send(new CreateBucketCommand({ Bucket: bucket }))
  await standIn.client().send(new PutObjectCommand({ Bucket: bucket, Key: 'a', Body: 'text' }))
})
afterAll(() => standIn.close())

const codeOf = async (response: Response): Promise<string> =>
  /<Code>(\w+)<\/Code>/.exec(await response.text())?.[1] ?? `${response.status}`

const headBucket = (options: object) =>
  refusalOf(openClient(standIn.origin, options).send(new GetObjectCommand({ Bucket: bucket, Key: 'a' })))

const getLink = (options: object = {}) =>
  getSignedUrl(standIn.client(), new GetObjectCommand({ Bucket: bucket, Key: 'a' }), options)

// The examples of AWS' own documentation, with its example keys.
const example = {
  accessKey: 'AKIAIOSFODNN7EXAMPLE',
  secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
  now: () => new Date('2013-05-24T00:00:00Z'),
}
const verifyExample = (url: string, headers: Record<string, string> = {}) =>
  verifySignature(readCall(new Request(url, { headers })), example)

test("AWS' published presigned address is accepted, and with one byte changed it is not", () => {
  const url =
    'https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE' +
    '%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host' +
    '&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404'
  expect(verifyExample(url).payload).toBe('UNSIGNED-PAYLOAD')
  for (const wrong of [
    url.replace('test.txt', 'best.txt'),
    url.replace('=86400', '=86401'),
    `${url.slice(0, -1)}5`,
  ])
    expect(() => verifyExample(wrong)).toThrow('SignatureDoesNotMatch')
})

test("AWS' published signed request with a range is accepted, and with another range it is not", () => {
  const headers = {
    range: 'bytes=0-9',
    'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'x-amz-date': '20130524T000000Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,' +
      'SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,' +
      'Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  }
  const url = 'https://examplebucket.s3.amazonaws.com/test.txt'
  expect(verifyExample(url, headers).scope).toBe('20130524/us-east-1/s3/aws4_request')
  expect(() => verifyExample(url, { ...headers, range: 'bytes=0-99' })).toThrow('SignatureDoesNotMatch')
})

test('a wrong secret, a wrong key, a wrong region, a wrong clock and no signature are refused', async () => {
  expect(await headBucket({})).toBe('accepted')
  const credentials = { accessKeyId: keys.accessKey, secretAccessKey: 'wrong' }
  expect(await headBucket({ credentials })).toBe('SignatureDoesNotMatch')
  const stranger = { accessKeyId: 'stranger', secretAccessKey: keys.secretKey }
  expect(await headBucket({ credentials: stranger })).toBe('InvalidAccessKeyId')
  expect(await headBucket({ region: 'eu-west-1' })).toBe('AuthorizationHeaderMalformed')
  expect(await headBucket({ systemClockOffset: -16 * 60_000 })).toBe('RequestTimeTooSkewed')
  expect(await codeOf(await fetch(`${standIn.origin}/${bucket}/a`))).toBe('AccessDenied')
})

test('a changed, added or doubled part of a presigned address is refused', async () => {
  const link = await getLink()
  expect(await (await fetch(link)).text()).toBe('text')
  const wrong = [
    `${link}&response-content-type=text/html`,
    link.replace('X-Amz-Expires=900', 'X-Amz-Expires=90000'),
    link.replace('X-Amz-SignedHeaders=host', 'X-Amz-SignedHeaders='),
    `${link}&X-Amz-Signature=${'0'.repeat(64)}`,
  ]
  for (const url of wrong) expect((await fetch(url)).status).toBeGreaterThanOrEqual(400)
  expect(await codeOf(await fetch(link, { headers: { 'x-amz-meta-more': 'x' } }))).toBe('AccessDenied')
  expect(await codeOf(await fetch(link, { method: 'DELETE' }))).toBe('SignatureDoesNotMatch')
  expect(await codeOf(await fetch(link, { headers: { authorization: 'Bearer x' } }))).toBe('InvalidArgument')
})

test('a presigned address is good from its signing to its end', async () => {
  const at = (ms: number) => getLink({ expiresIn: 60, signingDate: new Date(Date.now() + ms) })
  expect(await codeOf(await fetch(await at(-61_000)))).toBe('AccessDenied')
  expect(await codeOf(await fetch(await at(16 * 60_000)))).toBe('AccessDenied')
  expect((await fetch(await at(-50_000))).status).toBe(200)
})

test("the SDK's default upload link, which signs the CRC32 of nothing, takes no bytes", async () => {
  const link = await getSignedUrl(standIn.client(), new PutObjectCommand({ Bucket: bucket, Key: 'default' }))
  expect(link).toContain('x-amz-checksum-crc32=AAAAAA%3D%3D')
  expect(await codeOf(await fetch(link, { method: 'PUT', body: 'bytes' }))).toBe('BadDigest')
})

test('a browser of any origin may ask, read and upload; nothing else is allowed across origins', async () => {
  const preflight = (method: string) =>
    fetch(`${standIn.origin}/${bucket}/a`, {
      method: 'OPTIONS',
      headers: {
        origin: 'http://portal.test',
        'access-control-request-method': method,
        'access-control-request-headers': 'content-type,x-amz-checksum-sha256',
      },
    })
  const allowed = await preflight('PUT')
  expect(allowed.status).toBe(200)
  expect(allowed.headers.get('access-control-allow-origin')).toBe('http://portal.test')
  expect(allowed.headers.get('access-control-allow-headers')).toBe('content-type,x-amz-checksum-sha256')
  expect((await preflight('DELETE')).status).toBe(403)
  const refused = await fetch(`${standIn.origin}/${bucket}/a`, { headers: { origin: 'http://portal.test' } })
  expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([
    403,
    'http://portal.test',
  ])
  const health = await fetch(`${standIn.origin}/_stand-in/health`)
  expect(await health.json()).toEqual({ state: 'up' })
})

test('a request for a bucket says no more than its status', async () => {
  const client = standIn.client()
  expect((await client.send(new HeadBucketCommand({ Bucket: bucket }))).$metadata.httpStatusCode).toBe(200)
})
