import type { Context } from 'hono'
import * as v from 'valibot'
import { answerByKey } from '../back-office-dialect/answer-by-key.ts'
import { Page, pageOf } from '../back-office-dialect/page-items.ts'
import { parseJson, problem, read } from '../back-office-dialect/problem.ts'
import type { Env, Simulator } from '../frame/simulator.ts'
import { contractsOf, documentRequests, findClient, linkExternalId, searchClients } from './clients.ts'
import { changeStatus, countDelivery, DocumentCard, putDocument, StatusChange } from './documents.ts'

type Options = { now: () => Date; unknownClients: 'accept' | 'refuse' }

const Id = v.pipe(v.string(), v.uuid())
const ExternalId = v.object({
  system: v.picklist(['sber-id', '1c']),
  value: v.pipe(v.string(), v.nonEmpty(), v.maxLength(256)),
})
const Search = v.object({
  ...Page,
  phone: v.optional(v.string()),
  email: v.optional(v.string()),
  inn: v.optional(v.string()),
  externalId: v.optional(v.string()),
})
const Requests = v.object({
  ...Page,
  clientId: v.optional(Id),
  status: v.optional(v.picklist(['open', 'closed'])),
})

export const addClientRoutes = ({ app, store }: Simulator): void => {
  app.get('/api/v1/health', (c) => c.json({ status: 'ok' }))
  app.get('/api/v1/clients', (c) => {
    const search = read(c, Search, c.req.query())
    if (search instanceof Response) return search
    const { phone, email, inn, externalId } = search
    if (!phone && !email && !inn && !externalId)
      return problem(c, 400, 'Wrong fields', ['phone', 'email', 'inn', 'externalId'])
    return c.json(pageOf(searchClients(store, { phone, email, inn, externalId }), search))
  })
  app.get('/api/v1/clients/:clientId', (c) => {
    const client = findClient(store, c.req.param('clientId'))
    return client ? c.json(client) : problem(c, 404, 'No such client')
  })
  app.get('/api/v1/clients/:clientId/contracts', (c) => {
    const client = findClient(store, c.req.param('clientId'))
    return client
      ? c.json({ items: contractsOf(store, client.id), nextCursor: null })
      : problem(c, 404, 'No such client')
  })
  app.put('/api/v1/clients/:clientId/external-ids', async (c) => {
    const sent = await c.req.text()
    return answerByKey(store, c, sent, () => {
      const client = findClient(store, c.req.param('clientId'))
      if (!client) return problem(c, 404, 'No such client')
      const body = read(c, ExternalId, parseJson(sent))
      if (body instanceof Response) return body
      if (!linkExternalId(store, client.id, body)) return problem(c, 409, 'Another client has this identity')
      c.set('journal', { clientId: client.id, system: body.system })
      return { status: 200, body }
    })
  })
  app.get('/api/v1/document-requests', (c) => {
    const asked = read(c, Requests, c.req.query())
    if (asked instanceof Response) return asked
    return c.json(pageOf(documentRequests(store, asked.clientId, asked.status), asked))
  })
}

export const addDocumentRoutes = ({ app, store }: Simulator, { now, unknownClients }: Options): void => {
  const pathOf = (c: Context<Env>) => read(c, v.object({ clientId: Id, documentId: Id }), c.req.param())
  app.put('/api/v1/clients/:clientId/documents/:documentId', async (c) => {
    const sent = await c.req.text()
    const path = pathOf(c)
    if (path instanceof Response) return path
    const { clientId, documentId: id } = path
    const write = () => {
      if (unknownClients === 'refuse' && !findClient(store, clientId))
        return problem(c, 404, 'No such client')
      const card = read(c, DocumentCard, parseJson(sent))
      if (card instanceof Response) return card
      const document = { ...card, id, clientId, updatedAt: now().toISOString() }
      const { fresh, kept } = putDocument(store, document)
      c.set('journal', { clientId, documentId: id, fresh })
      return { status: fresh ? 201 : 200, body: kept } as const
    }
    return answerByKey(store, c, sent, write, () => countDelivery(store, clientId, id))
  })
  app.patch('/api/v1/clients/:clientId/documents/:documentId', async (c) => {
    const sent = await c.req.text()
    const path = pathOf(c)
    if (path instanceof Response) return path
    return answerByKey(store, c, sent, () => {
      const change = read(c, StatusChange, parseJson(sent))
      if (change instanceof Response) return change
      const time = { updatedAt: now().toISOString() }
      const changed = changeStatus(store, path.clientId, path.documentId, { ...change, ...time })
      c.set('journal', { ...path, status: change.status })
      return changed ? { status: 200, body: changed } : problem(c, 404, 'No such document')
    })
  })
}
