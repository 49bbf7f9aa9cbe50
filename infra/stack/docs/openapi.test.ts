import { expect, test } from 'bun:test'
import { app as auth } from '../../../services/auth/src/app.ts'
import { app as client } from '../../../services/client/src/app.ts'
import { app as documents } from '../../../services/documents/src/app.ts'
import { app as kafkaHttp } from '../../../services/kafka-http/src/app.ts'
import { app as notification } from '../../../services/notification/src/app.ts'
import { app as payment } from '../../../services/payment/src/app.ts'

type Operation = {
  summary?: string
  responses: Record<string, unknown>
  requestBody?: unknown
  security: object[]
}
type Document = { openapi: string; paths: Record<string, Record<string, Operation>> }
type Route = { method: string; path: string }

const apps = { auth, client, documents, notification, payment, 'kafka-http': kafkaHttp }
const quiet = { info: () => {}, warn: () => {}, error: () => {} }
const chance = { now: () => new Date(), random: (n: number) => new Uint8Array(n) }
const counted = { settings: { REQUEST_MAX_BYTES: 1024 }, metrics: { request: () => {}, refused: () => {} } }
const resources = { ...chance, ...counted, log: quiet, health: {} }

const documentOf = async (app: { request: typeof auth.request }): Promise<Document> =>
  (await (await app.request('/openapi.json', {}, resources as never)).json()) as Document

const written = (path: string): string => path.replaceAll(/:(\w+)(\{[^}]*\})?/g, '{$1}')

for (const [name, app] of Object.entries(apps))
  test(`${name}: every route stands in its OpenAPI 3.1 document, with its answers and its errors`, async () => {
    const document = await documentOf(app as never)
    expect(document.openapi).toBe('3.1.0')
    // What gateways ask of each other is nobody else's.
    const routes = (app.routes as Route[]).filter(
      ({ method, path }) => method !== 'ALL' && !path.startsWith('/peers/'),
    )
    const missing = routes.filter(
      ({ method, path }) => !document.paths[written(path)]?.[method.toLowerCase()],
    )
    expect(missing.map(({ method, path }) => `${method} ${path}`)).toEqual([])
    for (const [path, operations] of Object.entries(document.paths))
      for (const [verb, { summary, responses, requestBody, security }] of Object.entries(operations)) {
        const where = `${verb} ${path}`
        expect(summary, where).toBeTruthy()
        const statuses = Object.keys(responses).map(Number)
        expect(
          statuses.some((status) => status < 400),
          where,
        ).toBe(true)
        expect(statuses, where).toContain(500)
        if (requestBody) expect(statuses, where).toContain(400)
        if (security.length > 0) expect(statuses, where).toContain(401)
      }
  })
