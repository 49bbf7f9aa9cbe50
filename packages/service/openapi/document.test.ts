import { expect, test } from 'bun:test'
import { Email, Id, Instant, Kopecks, PageLimit, Sha256Hex, Text, Url } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import { describe, describes, idempotent, openApiDocument, validate } from '../index.ts'

const Line = v.strictObject({ name: Text(20), amountKopecks: Kopecks })
const Order = v.strictObject({
  id: Id,
  email: v.nullable(Email),
  link: v.optional(Url),
  hash: Sha256Hex,
  at: Instant,
  lines: v.pipe(v.array(Line), v.maxLength(5)),
  way: v.picklist(['card', 'sbp']),
  upper: v.pipe(
    v.string(),
    v.transform((text) => text.toUpperCase()),
    v.check((text) => text !== 'X', 'not X'),
  ),
})
const guard = describes(async (_: unknown, next: () => Promise<void>) => next(), {
  security: 'bearer' as const,
  problems: ['not-signed-in' as const],
  permission: 'order:write',
})

const orders = new Hono()
  .post(
    '/',
    describe('Order', { 201: Order, 202: null }, ['conflict']),
    guard as never,
    idempotent(),
    validate('json', Order),
    (c) => c.json({}),
  )
  .get('/:id', describe('One order', { 200: Order }), validate('param', v.strictObject({ id: Id })), (c) =>
    c.json({}),
  )
  .get(
    '/',
    describe('Orders', { 200: v.object({ items: v.array(Order) }) }),
    validate('query', v.strictObject({ limit: PageLimit, after: v.optional(Id) })),
    (c) => c.json({}),
  )
  .post(
    '/form',
    describe('A form', { 200: 'text/html' }),
    validate('form', v.strictObject({ name: Text(5) })),
    (c) => c.html(''),
  )
  .get('/hidden', (c) => c.json({}))
const app = new Hono().use(async (_, next) => next()).route('/v1/orders', orders)
app.get('/v1/files/:name{[a-z]+}', describe('A file', { 200: 'application/pdf' }), (c) => c.body(''))

type Operation = {
  parameters: { name: string; in: string; required: boolean; schema: Record<string, unknown> }[]
  requestBody?: { required: boolean; content: Record<string, { schema: Record<string, unknown> }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: unknown }> }>
  security: object[]
}
type Document = {
  openapi: string
  paths: Record<string, Record<string, Operation & { 'x-permission'?: string }>>
}
const document = JSON.parse(
  JSON.stringify(openApiDocument(app as never, { title: 'Test', version: '1' })),
) as Document

test('each described route is in the document, under its whole path, and no other', () => {
  expect(document.openapi).toBe('3.1.0')
  const listed = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method} ${path}`),
  )
  expect(listed.sort()).toEqual([
    'get /v1/files/{name}',
    'get /v1/orders',
    'get /v1/orders/{id}',
    'post /v1/orders',
    'post /v1/orders/form',
  ])
})

test('a strict object takes nothing else, at every depth', () => {
  const schema = document.paths['/v1/orders']?.post?.requestBody?.content['application/json']?.schema as {
    additionalProperties: boolean
    required: string[]
    properties: Record<string, Record<string, unknown>>
  }
  expect(schema.additionalProperties).toBe(false)
  expect(schema.properties.lines?.items).toMatchObject({
    additionalProperties: false,
    required: ['name', 'amountKopecks'],
  })
  expect(schema.required.sort()).toEqual(['at', 'email', 'hash', 'id', 'lines', 'upper', 'way'])
})

test('what is transformed or checked is documented as it comes in', () => {
  const schema = document.paths['/v1/orders']?.post?.requestBody?.content['application/json']?.schema
  expect(schema?.properties).toMatchObject({
    upper: { type: 'string' },
    way: { enum: ['card', 'sbp'] },
    lines: { type: 'array', maxItems: 5 },
  })
  expect(JSON.stringify(document)).not.toContain('undefined')
})

test('parameters of path, query and header are told apart, with what is required', () => {
  const places = (operation?: Operation) =>
    operation?.parameters.map((parameter) => [parameter.name, parameter.in, parameter.required])
  expect(places(document.paths['/v1/orders/{id}']?.get)).toEqual([['id', 'path', true]])
  expect(places(document.paths['/v1/files/{name}']?.get)).toEqual([['name', 'path', true]])
  expect(places(document.paths['/v1/orders']?.get)).toEqual([
    ['limit', 'query', false],
    ['after', 'query', false],
  ])
  expect(places(document.paths['/v1/orders']?.post)).toEqual([['Idempotency-Key', 'header', true]])
})

test('answers and refusals of all middlewares of a route stand together', () => {
  const { post } = document.paths['/v1/orders'] ?? {}
  expect(Object.keys(post?.responses ?? {})).toEqual([
    '201',
    '202',
    '400',
    '401',
    '409',
    '413',
    '415',
    '422',
    '500',
    '503',
  ])
  expect(post?.responses['409']?.description).toBe('/problems/conflict or /problems/in-progress')
  expect([post?.security, post?.['x-permission']]).toEqual([[{ bearer: [] }], 'order:write'])
  expect(document.paths['/v1/orders']?.get?.security).toEqual([])
  expect(post?.responses['202']?.content).toBeUndefined()
})

test('every reference leads somewhere, every parameter of a path is described, every answer has a description', () => {
  const text = JSON.stringify(document)
  for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g))
    expect(text).toContain(`"${name}":{"type":"object"`)
  expect(text).not.toContain('$schema')
  for (const [path, item] of Object.entries(document.paths))
    for (const operation of Object.values(item)) {
      const described = operation.parameters.filter((one) => one.in === 'path').map(({ name }) => name)
      expect(described).toEqual(Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name ?? ''))
      for (const { description } of Object.values(operation.responses)) expect(description).not.toBe('')
    }
})
