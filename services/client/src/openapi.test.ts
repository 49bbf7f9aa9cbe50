import { expect, test } from 'bun:test'
import { openApiDocument } from '@kontora/service'
import { app } from './app.ts'

type Operation = {
  summary: string
  parameters: { name: string; in: string; required: boolean }[]
  responses: Record<string, unknown>
  'x-permission'?: string
}
type Document = { openapi: string; paths: Record<string, Record<string, Operation>> }

const document = openApiDocument(app as never, { title: 'client', version: '1' }) as Document
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ route: `${method} ${path}`, ...operation })),
)

/** Questions by POST, because ids and addresses do not belong into a URL; they change nothing. */
const exempt = [
  'post /v1/addresses/read',
  'post /v1/addresses/resolve',
  'post /v1/requisites/find',
  'post /v1/requisites/read',
]

test('the document is OpenAPI 3.1', () => {
  expect(document.openapi).toBe('3.1.0')
})

test('each route is in the document, with its answers', () => {
  const routes = app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
  expect(operations.map(({ route }) => route).sort()).toEqual([...new Set(routes)].sort())
  for (const { responses } of operations)
    expect(Object.keys(responses).some((status) => status.startsWith('2'))).toBe(true)
})

test('each POST that changes data needs an Idempotency-Key, and the exempt ones are those of the list', () => {
  const without = operations
    .filter(({ route }) => route.startsWith('post '))
    .filter(
      ({ parameters }) => !parameters.some(({ name, required }) => name === 'Idempotency-Key' && required),
    )
    .map(({ route }) => route)
  expect(without.sort()).toEqual(exempt)
})

test('each route but that of oneself names the permission that it needs', () => {
  const open = operations
    .filter(({ route }) => route.includes(' /v1/'))
    .filter((operation) => !operation['x-permission'])
    .map(({ route }) => route)
  expect(open).toEqual(['get /v1/me'])
})
