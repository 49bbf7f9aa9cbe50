import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openTestStand, type TestStand } from '../open-test-stand.node.ts'
import { openSteps, pdf } from '../upload-in-test.node.ts'

let stand: TestStand
let steps: ReturnType<typeof openSteps>
beforeAll(async () => {
  stand = await openTestStand()
  steps = openSteps(stand)
  await steps.permit()
}, 60_000)
afterAll(() => stand.close())

const person = () => crypto.randomUUID()
const stored = async (userId: string) => {
  const requestId = await steps.ask(userId)
  return { requestId, ...(await steps.store(userId, requestId)) }
}
const eventsOf = async (requestId: string) => {
  const rows = await stand.sql<{ type: string; data: Record<string, unknown> }[]>`
    select type, data from outbox where subject = ${requestId} order by position`
  return rows.filter(({ type }) => type.startsWith('documents.re'))
}
const review = (documentId: string, body: object, key?: string) =>
  stand.call(steps.officer, 'POST', `/v1/documents/${documentId}/review`, body, key ? { key } : {})

test('an accepted document ends its request, which takes no more files', async () => {
  const me = person()
  const { documentId, requestId, versionId } = await stored(me)
  const body = { decision: 'accepted', versionId, comment: 'Всё верно' }
  const key = crypto.randomUUID()
  expect((await review(documentId, body, key)).answer).toEqual({ state: 'accepted' })
  expect((await review(documentId, body, key)).answer).toEqual({ state: 'accepted' })
  const { answer } = await stand.call(me, 'GET', `/v1/documents/${documentId}`)
  expect(answer).toMatchObject({
    state: 'accepted',
    review: { versionId, decision: 'accepted', comment: 'Всё верно' },
  })
  expect((await stand.call(me, 'GET', `/v1/requests/${requestId}`)).answer.state).toBe('accepted')
  await expect(steps.start(me, requestId)).rejects.toThrow('Answered 409')
  expect((await review(documentId, { decision: 'rejected', reasonCode: 'late' })).status).toBe(409)
  const [reviewed] = (await eventsOf(requestId)).slice(1)
  expect(reviewed).toMatchObject({ type: 'documents.reviewed', data: { documentId, decision: 'accepted' } })
})

test('a rejected document opens its request again, and the next file is judged anew', async () => {
  const me = person()
  const { documentId, requestId } = await stored(me)
  const body = { decision: 'rejected', reasonCode: 'unreadable', comment: 'Переснимите' }
  expect((await review(documentId, body)).answer).toEqual({ state: 'rejected' })
  expect((await stand.call(me, 'GET', `/v1/requests/${requestId}`)).answer.state).toBe('open')
  const seen = (await stand.call(me, 'GET', `/v1/documents/${documentId}`)).answer
  expect(seen.review).toMatchObject({ reasonCode: 'unreadable', comment: 'Переснимите' })
  expect((await eventsOf(requestId)).map(({ type }) => type)).toEqual([
    'documents.requested',
    'documents.reviewed',
    'documents.rejected',
  ])
  expect(JSON.stringify(await eventsOf(requestId))).not.toContain('Переснимите')
  expect((await review(documentId, { decision: 'accepted' })).status).toBe(409)
  await steps.store(me, requestId)
  expect((await review(documentId, { decision: 'accepted' })).answer).toEqual({ state: 'accepted' })
})

test('a review of a version that another has followed is refused', async () => {
  const me = person()
  const { documentId, requestId, versionId } = await stored(me)
  await steps.store(me, requestId)
  const refused = await review(documentId, { decision: 'accepted', versionId })
  expect([refused.status, refused.answer.fields]).toEqual([409, { versionId: 'the last version' }])
})

test('of many reviews at once one decides', async () => {
  const { documentId, requestId } = await stored(person())
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, i) =>
      review(documentId, { decision: i % 2 ? 'accepted' : 'rejected', reasonCode: 'late' }),
    ),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect((await eventsOf(requestId)).filter(({ type }) => type === 'documents.reviewed')).toHaveLength(1)
})

test.each([
  ['reasonCode', { decision: 'rejected' }],
  ['reasonCode', { decision: 'rejected', reasonCode: 'Not a code' }],
  ['decision', { decision: 'perhaps' }],
  ['comment', { decision: 'accepted', comment: 'a\u0000' }],
])('a wrong %s of a review is refused by name', async (field, body) => {
  const refused = await review(crypto.randomUUID(), body)
  expect([refused.status, Object.keys(refused.answer.fields as object)]).toEqual([400, [field]])
})

test('only who may review sees and judges what is not his', async () => {
  const [me, stranger] = [person(), person()]
  const { documentId } = await stored(me)
  const body = { decision: 'accepted' }
  const statuses = async (userId: string | undefined) =>
    Promise.all(
      [
        stand.call(userId, 'GET', `/v1/documents/${documentId}`),
        stand.call(userId, 'GET', `/v1/documents/${documentId}/download`),
        stand.call(userId, 'GET', '/v1/documents'),
        stand.call(userId, 'GET', `/v1/requests?userId=${me}`),
        stand.call(userId, 'POST', `/v1/documents/${documentId}/review`, body),
        stand.call(userId, 'GET', `/v1/documents/${documentId}/deliveries`),
        stand.call(userId, 'POST', '/v1/requests', { userId: me, kind: 'a', title: 'b' }),
      ].map(async (answer) => (await answer).status),
    )
  expect(await statuses(undefined)).toEqual([401, 401, 401, 401, 401, 401, 401])
  expect(await statuses(stranger)).toEqual([404, 404, 403, 403, 403, 403, 403])
  expect((await statuses(me)).slice(0, 5)).toEqual([200, 200, 403, 200, 403])
})

test('the queue of the officer is paged, by state and by person', async () => {
  const me = person()
  const all: string[] = []
  for (let i = 0; i < 3; i++) all.push((await stored(me)).documentId)
  await steps.review(all[1]!, { decision: 'accepted' })
  const list = async (query: string) => {
    const { answer } = await stand.call(steps.officer, 'GET', `/v1/documents?userId=${me}&${query}`)
    const ids = (answer.items as { documentId: string }[]).map((one) => one.documentId)
    return { ids, nextCursor: answer.nextCursor }
  }
  expect((await list('state=stored')).ids).toEqual([all[0]!, all[2]!])
  const first = await list('limit=2')
  expect(first.ids).toEqual(all.slice(0, 2))
  const rest = await list(`limit=2&cursor=${first.nextCursor}`)
  expect([rest.ids, rest.nextCursor]).toEqual([[all[2]!], undefined])
  const requests = await stand.call(me, 'GET', '/v1/requests?limit=2')
  expect([(requests.answer.items as object[]).length, typeof requests.answer.nextCursor]).toEqual([
    2,
    'string',
  ])
  for (const wrong of ['limit=0', 'limit=999', 'cursor=x', 'state=lost', 'other=1'])
    expect((await stand.call(steps.officer, 'GET', `/v1/documents?${wrong}`)).status).toBe(400)
})

test('a download is an attachment for a minute, of the last version or of a named one, each in the audit', async () => {
  const me = person()
  const { documentId, requestId, versionId } = await stored(me)
  await steps.store(me, requestId, new TextEncoder().encode('%PDF-1.7 second'))
  const path = `/v1/documents/${documentId}/download`
  const { answer } = await stand.call(me, 'GET', path)
  const file = await fetch(String(answer.url))
  expect(file.headers.get('content-disposition')).toStartWith('attachment;')
  expect(await file.text()).toBe('%PDF-1.7 second')
  expect(new Date(String(answer.expiresAt)).getTime() - Date.now()).toBeLessThanOrEqual(60_000)
  const named = await stand.call(steps.officer, 'GET', `${path}?versionId=${versionId}`)
  expect(await (await fetch(String(named.answer.url))).bytes()).toEqual(pdf)
  expect((await stand.call(me, 'GET', `${path}?versionId=${crypto.randomUUID()}`)).status).toBe(404)
  const audit = await stand.sql<{ who: string; versionId: string }[]>`
    select who, version_id from downloads where document_id = ${documentId} order by position`
  expect(audit.map(({ who }) => who)).toEqual([me, steps.officer])
  expect(audit[1]?.versionId).toBe(versionId)
  expect(stand.lines.join()).not.toContain('X-Amz-')
})

test('a blocked person gets no link, and while revocations are unheard nobody does', async () => {
  const [me, other] = [person(), person()]
  const { documentId } = await stored(me)
  await stand.access.block(me)
  expect((await stand.call(me, 'GET', `/v1/documents/${documentId}/download`)).status).toBe(401)
  const { documentId: theirs } = await stored(other)
  try {
    stand.clock.ms = 10_000
    expect((await stand.call(other, 'GET', `/v1/documents/${theirs}/download`)).status).toBe(503)
    expect((await stand.call(other, 'GET', `/v1/documents/${theirs}`)).status).toBe(200)
    expect((await stand.call(steps.officer, 'GET', `/v1/documents/${theirs}`)).status).toBe(503)
  } finally {
    stand.clock.ms = 0
  }
})

test.each(['downloads', 'reviews'])(
  'the service can neither change nor delete what is in %s',
  async (table) => {
    const [rights] = await stand.sql<Record<string, boolean>[]>`
    select has_table_privilege(${table}, 'insert') as insert, has_table_privilege(${table}, 'update') as update,
      has_table_privilege(${table}, 'delete') as delete, has_table_privilege(${table}, 'truncate') as truncate`
    expect(rights as object).toEqual({ insert: true, update: false, delete: false, truncate: false })
  },
)
