import { afterAll, beforeAll, expect, test } from 'bun:test'
import { FilesUnavailable } from '@kontora/files'
import { openTestStand, type TestStand } from '../open-test-stand.node.ts'
import { fileOf, type Link, openSteps, pdf, sendFile, sha256 } from '../upload-in-test.node.ts'
import { sweepUploads } from './sweep-uploads.ts'

let stand: TestStand
let steps: ReturnType<typeof openSteps>
beforeAll(async () => {
  stand = await openTestStand()
  steps = openSteps(stand)
  await steps.permit()
}, 60_000)
afterAll(() => stand.close())

const person = () => crypto.randomUUID()
const events = (type: string, requestId: string) =>
  stand.sql<{ data: Record<string, unknown> }[]>`
    select data from outbox where type = ${type} and subject = ${requestId} order by position`

test('a file goes by a link into the store and becomes a version of the document', async () => {
  const me = person()
  const requestId = await steps.ask(me, { dueOn: '2026-12-01' })
  const { uploadId, documentId, versionId } = await steps.store(me, requestId)
  expect(await stand.files.head(`quarantine/${uploadId}`)).toMatchObject({ sha256: sha256(pdf) })
  const { answer } = await stand.call(me, 'GET', `/v1/documents/${documentId}`)
  expect(answer as object).toMatchObject({
    requestId,
    userId: me,
    state: 'stored',
    review: null,
    versions: [{ versionId, number: 1, sizeBytes: pdf.length, contentType: 'application/pdf' }],
  })
  const request = (await stand.call(me, 'GET', `/v1/requests/${requestId}`)).answer as object
  expect(request).toMatchObject({ state: 'in-review', dueOn: '2026-12-01', documentId })
  expect((await events('documents.requested', requestId)).length).toBe(1)
  expect(await events('documents.stored', requestId)).toEqual([
    {
      data: { requestId, userId: me, documentId, versionId, sizeBytes: pdf.length, sha256: sha256(pdf) },
    },
  ] as never)
})

test('a second file on the same request is the next version of the same document', async () => {
  const me = person()
  const requestId = await steps.ask(me)
  const first = await steps.store(me, requestId)
  const second = await steps.store(me, requestId, new TextEncoder().encode('%PDF-1.7 other'))
  expect(second.documentId).toBe(first.documentId)
  const { answer } = await stand.call(me, 'GET', `/v1/documents/${first.documentId}`)
  expect((answer.versions as { number: number }[]).map(({ number }) => number)).toEqual([1, 2])
})

test('a repeat with the same key gets the same upload with a link made anew, which stands in no row and no log', async () => {
  const me = person()
  const requestId = await steps.ask(me)
  const path = `/v1/requests/${requestId}/uploads`
  const key = crypto.randomUUID()
  const first = await stand.call(me, 'POST', path, fileOf(pdf), { key })
  const again = await stand.call(me, 'POST', path, fileOf(pdf), { key })
  expect([first.status, again.status]).toEqual([201, 201])
  expect(again.headers.get('idempotency-replayed')).toBe('true')
  expect(again.answer.uploadId).toBe(first.answer.uploadId)
  expect((again.answer.upload as Link).url).toContain('X-Amz-Signature')
  const rows = await stand.sql<
    { kept: string }[]
  >`select row_to_json(k)::text as kept from idempotency_keys k`
  expect(rows.some(({ kept }) => kept.includes(String(first.answer.uploadId)))).toBe(true)
  const everything = `${rows.map(({ kept }) => kept).join()}${stand.lines.join()}`
  expect(everything).not.toContain('X-Amz-')
  expect(stand.lines.join()).not.toContain('Паспорт')
  const reused = await stand.call(me, 'POST', path, fileOf(pdf, { fileName: 'other.pdf' }), { key })
  expect(reused.status).toBe(422)
})

test('completing is repeated by its key; under another key it is done already', async () => {
  const me = person()
  const { uploadId, upload } = await steps.start(me, await steps.ask(me))
  await sendFile(upload, pdf)
  const path = `/v1/uploads/${uploadId}/complete`
  const key = crypto.randomUUID()
  const first = await stand.call(me, 'POST', path, undefined, { key })
  const again = await stand.call(me, 'POST', path, undefined, { key })
  expect([first.status, again.status]).toEqual([201, 201])
  expect(again.answer).toEqual(first.answer)
  expect((await stand.call(me, 'POST', path)).status).toBe(409)
})

test('two that complete at once make one version', async () => {
  const me = person()
  const requestId = await steps.ask(me)
  const { uploadId, upload } = await steps.start(me, requestId)
  await sendFile(upload, pdf)
  const path = `/v1/uploads/${uploadId}/complete`
  const answers = await Promise.all(Array.from({ length: 6 }, () => stand.call(me, 'POST', path)))
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409])
  expect((await events('documents.stored', requestId)).length).toBe(1)
})

test('two files of one request that are complete at once are two versions', async () => {
  const me = person()
  const requestId = await steps.ask(me)
  const started = await Promise.all([steps.start(me, requestId), steps.start(me, requestId)])
  await Promise.all(started.map(({ upload }) => sendFile(upload, pdf)))
  const done = await Promise.all(started.map(({ uploadId }) => steps.complete(me, uploadId)))
  expect(new Set(done.map(({ documentId }) => documentId)).size).toBe(1)
  expect(new Set(done.map(({ versionId }) => versionId)).size).toBe(2)
})

test('the link takes no other bytes, and no second file', async () => {
  const me = person()
  const { upload } = await steps.start(me, await steps.ask(me))
  const wrong = Uint8Array.from(pdf).fill(0x20, 20, 30)
  expect((await sendFile(upload, wrong)).status).toBe(400)
  expect((await sendFile(upload, pdf)).status).toBe(200)
  expect((await sendFile(upload, pdf)).status).toBe(412)
})

test.each([
  ['nothing has arrived', undefined, {}, 'upload'],
  ['another size has', new Uint8Array(7), {}, 'sizeBytes'],
  ['other bytes of that size have', Uint8Array.from(pdf).fill(0x20, 20, 30), {}, 'sha256'],
] as const)('completing is refused and says why when %s', async (_, bytes, more, field) => {
  const me = person()
  const { uploadId } = await steps.start(me, await steps.ask(me), pdf, more)
  // Past the link, as a store would take it that checks less.
  if (bytes) await stand.files.put(`quarantine/${uploadId}`, bytes, 'application/pdf')
  const refused = await stand.call(me, 'POST', `/v1/uploads/${uploadId}/complete`)
  expect(refused.status).toBe(409)
  expect(Object.keys(refused.answer.fields as object)).toEqual([field])
})

const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0)
const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 0)
const html = new TextEncoder().encode('<html><script>alert(1)</script>%PDF-</html>')

test.each([
  ['a PNG', 'image/png', 201, png],
  ['a JPEG', 'image/jpeg', 201, jpeg],
  ['a PNG', 'image/jpeg', 409, png],
  ['a page', 'application/pdf', 409, html],
  ['a cut signature', 'application/pdf', 409, new TextEncoder().encode('%PDF')],
  ['a program', 'image/png', 409, new TextEncoder().encode('MZ')],
] as const)('%s that is promised as %s is answered %d', async (_, contentType, status, bytes) => {
  const me = person()
  const { uploadId, upload } = await steps.start(me, await steps.ask(me), bytes, {
    contentType,
    fileName: `Скан.${contentType.split('/')[1]}`,
  })
  expect((await sendFile(upload, bytes)).status).toBe(200)
  const answer = await stand.call(me, 'POST', `/v1/uploads/${uploadId}/complete`)
  expect(answer.status).toBe(status)
  if (status === 409) expect(answer.answer.fields as object).toHaveProperty('contentType')
})

test("another person's request and upload are not found", async () => {
  const [me, stranger] = [person(), person()]
  const requestId = await steps.ask(me)
  const { uploadId, upload } = await steps.start(me, requestId)
  await sendFile(upload, pdf)
  const asked = [
    await stand.call(stranger, 'GET', `/v1/requests/${requestId}`),
    await stand.call(stranger, 'POST', `/v1/requests/${requestId}/uploads`, fileOf(pdf)),
    await stand.call(stranger, 'POST', `/v1/uploads/${uploadId}/complete`),
    await stand.call(steps.officer, 'POST', `/v1/uploads/${uploadId}/complete`),
  ]
  expect(asked.map(({ status }) => status)).toEqual([404, 404, 404, 404])
  expect((await stand.call(stranger, 'GET', '/v1/requests')).answer.items as object).toEqual([])
})

test.each([
  ['fileName', { fileName: '' }],
  ['fileName', { fileName: 'a\u0000b' }],
  ['fileName', { fileName: '\ud800' }],
  ['fileName', { fileName: 'Договор.pdf.hta' }],
  ['fileName', { fileName: 'Скан.jpg' }],
  ['fileName', { fileName: '.pdf' }],
  ['contentType', { contentType: 'text/html' }],
  ['sizeBytes', { sizeBytes: 0 }],
  ['sizeBytes', { sizeBytes: 1e300 }],
  ['sizeBytes', { sizeBytes: 100_001 }],
  ['sha256', { sha256: 'x' }],
  ['other', { other: 1 }],
])('a wrong %s is refused by name, and not repeated', async (field, wrong) => {
  const me = person()
  const path = `/v1/requests/${await steps.ask(me)}/uploads`
  const refused = await stand.call(me, 'POST', path, fileOf(pdf, wrong))
  expect([400, 413]).toContain(refused.status)
  expect(Object.keys(refused.answer.fields as object)).toEqual([field])
})

test('while the store is away completing is 503, and then goes on', async () => {
  const me = person()
  const { uploadId, upload } = await steps.start(me, await steps.ask(me))
  await sendFile(upload, pdf)
  const path = `/v1/uploads/${uploadId}/complete`
  const away = { ...stand.files, head: () => Promise.reject(new FilesUnavailable('head', new Error())) }
  const refused = await stand.call(me, 'POST', path, undefined, { over: { files: away } })
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2'])
  expect((await stand.call(me, 'POST', path)).status).toBe(201)
})

test('an upload that was not completed within a day is given up, and its file removed', async () => {
  const me = person()
  const requestId = await steps.ask(me)
  const kept = await steps.store(me, requestId)
  const { uploadId, upload } = await steps.start(me, requestId)
  await sendFile(upload, pdf)
  try {
    stand.clock.ms = 24.5 * 3_600_000
    await stand.access.beat()
    expect((await stand.call(me, 'POST', `/v1/uploads/${uploadId}/complete`)).status).toBe(410)
    expect(await stand.files.head(`quarantine/${uploadId}`)).toBeDefined()
    stand.clock.ms = 25.5 * 3_600_000
    while ((await sweepUploads(stand.resources)) > 0);
    expect(await stand.files.head(`quarantine/${uploadId}`)).toBeUndefined()
    expect(await stand.files.head(`quarantine/${kept.uploadId}`)).toBeDefined()
    expect((await stand.call(me, 'POST', `/v1/uploads/${uploadId}/complete`)).status).toBe(410)
  } finally {
    stand.clock.ms = 0
    await stand.access.beat()
  }
})

test('a sweep that the store did not answer is done by the next one', async () => {
  const me = person()
  const { uploadId, upload } = await steps.start(me, await steps.ask(me))
  await sendFile(upload, pdf)
  const away = { ...stand.files, remove: () => Promise.reject(new FilesUnavailable('remove', new Error())) }
  const at = (hours: number) => new Date(Date.now() + hours * 3_600_000)
  const swept = await sweepUploads({ ...stand.resources, files: away, now: () => at(25.5) })
  expect(swept).toBe(0)
  expect(await stand.files.head(`quarantine/${uploadId}`)).toBeDefined()
  while ((await sweepUploads({ ...stand.resources, now: () => at(26) })) > 0);
  expect(await stand.files.head(`quarantine/${uploadId}`)).toBeUndefined()
})
