import { expect, test } from 'bun:test'
import { Email, Id, Kopecks, PageLimit, Text, Url } from '@kontora/validation'
import fc from 'fast-check'
import { Hono } from 'hono'
import * as v from 'valibot'
import { type Problem, parseInput, validate } from './index.ts'
import { onError } from './on-error.ts'

const Order = v.strictObject({
  id: Id,
  email: v.optional(Email),
  lines: v.array(v.strictObject({ name: Text(20), amountKopecks: Kopecks })),
  way: v.picklist(['card', 'sbp']),
  about: v.optional(v.record(v.string(), v.number())),
  code: v.optional(v.pipe(v.string(), v.regex(/^\d{6}$/))),
  link: v.optional(Url),
  plain: v.optional(v.pipe(v.string(), v.url())),
  checked: v.optional(
    v.pipe(
      v.string(),
      v.check((text) => text === 'right'),
    ),
  ),
})
const right = { id: '01890a5d-ac96-774b-bcce-b302099a8057', lines: [], way: 'card' }

const fieldsOf = (input: unknown): Record<string, string> => {
  try {
    parseInput(Order, input)
    return {}
  } catch (error) {
    return (error as Problem).details.fields ?? {}
  }
}

test('each wrong field is named with what is expected, down to the line of a list', () => {
  expect(fieldsOf(right)).toEqual({})
  expect(fieldsOf({ ...right, lines: [{ name: 'x', amountKopecks: 1.5 }] })).toHaveProperty([
    'lines.0.amountKopecks',
  ])
  expect(fieldsOf({ lines: 'none' })).toEqual({ id: 'required', lines: 'Array', way: 'required' })
  expect(fieldsOf({ ...right, way: 'cash' })).toEqual({ way: '("card" | "sbp")' })
})

test('a field that nobody knows is refused, and named only when its name is plain', () => {
  expect(fieldsOf({ ...right, role: 'admin' })).toEqual({ role: 'unknown field' })
  expect(fieldsOf({ ...right, 'ivan@example.org secret': 1 })).toEqual({ 'unknown field': 'unknown field' })
  expect(fieldsOf({ ...right, about: { 'ivan@example.org': 'x' } })).toEqual({ 'unknown field': 'number' })
  expect(fieldsOf(JSON.parse('{"__proto__":{"admin":true}}'))).toMatchObject({ id: 'required' })
})

test('what is no object at all is told as such', () => {
  for (const input of [null, 'secret', 5, undefined]) {
    expect(Object.values(fieldsOf(input)).join()).not.toContain('unknown')
    expect(JSON.stringify(fieldsOf(input))).not.toContain('secret')
  }
})

test('no refusal repeats what came in, whatever came in', () => {
  const secret = 'sEcReT-7913'
  const wrongs = {
    id: secret,
    email: secret,
    lines: [{ name: `${secret}\u0000`, amountKopecks: secret }],
    way: secret,
    about: secret,
    code: secret,
    link: secret,
    plain: secret,
    checked: secret,
  }
  expect(Object.keys(fieldsOf(wrongs)).length).toBeGreaterThanOrEqual(9)
  expect(JSON.stringify(fieldsOf(wrongs))).not.toContain(secret)
})

const app = new Hono<{ Bindings: { log: { error: () => void } } }>()
  .post('/json', validate('json', Order), (c) => c.json({ ok: true }))
  .post('/form', validate('form', v.strictObject({ name: Text(10) })), (c) => c.json(c.req.valid('form')))
  .get('/query', validate('query', v.strictObject({ limit: PageLimit })), (c) => c.json(c.req.valid('query')))
  .get('/:id', validate('param', v.strictObject({ id: Id })), (c) => c.json({ ok: true }))
const faults: unknown[] = []
app.onError(onError as never)
const ask = (path: string, init?: RequestInit) =>
  app.request(path, init, { log: { error: () => void faults.push(path) } })
const post = (body: BodyInit, type: string | null = 'application/json', path = '/json') =>
  ask(path, { method: 'POST', body, headers: type === null ? {} : { 'content-type': type } })

test('another content type is 415, broken JSON 400, right JSON under a +json type is taken', async () => {
  expect((await post('{}', 'text/plain')).status).toBe(415)
  expect((await post('a=b', 'application/json', '/form')).status).toBe(415)
  for (const body of ['{', '', '"\\ud800', '[1,]', 'undefined']) expect((await post(body)).status).toBe(400)
  expect((await post(JSON.stringify(right), 'application/merge-patch+json; charset=utf-8')).status).toBe(200)
})

test('a query has its default, refuses a twice given or unknown name, and a path its wrong id', async () => {
  expect(await (await ask('/query')).json()).toEqual({ limit: 50 })
  expect(await (await ask('/query?limit=7')).json()).toEqual({ limit: 7 })
  for (const query of [
    'limit=201',
    'limit=-1',
    'limit=1&limit=2',
    'x=1',
    'limit=%00',
    '__proto__=1',
    'limit=',
  ])
    expect((await ask(`/query?${query}`)).status).toBe(400)
  for (const id of ['1', '%00', '%ff', '%E0%A4%A', "'; drop table x"])
    expect((await ask(`/${id}`)).status).toBe(400)
})

test('a form is read, and a file or a list where text belongs is refused', async () => {
  const form = 'application/x-www-form-urlencoded'
  expect(await (await post('name=+a+', form, '/form')).json()).toEqual({ name: 'a' })
  for (const body of ['name=a&name=b', 'name[]=a', 'name=%00', ''])
    expect((await post(body, form, '/form')).status).toBe(400)
})

test('whatever JSON comes is answered 200 or 400, never 500', async () => {
  await fc.assert(
    fc.asyncProperty(fc.json({ stringUnit: 'binary' }), async (body) => {
      expect([200, 400]).toContain((await post(body)).status)
    }),
    { numRuns: 200 },
  )
  expect(faults).toEqual([])
})
