import * as v from 'valibot'
import { prepareAnswers } from '../back-office-dialect/answer-by-key.ts'
import { read } from '../back-office-dialect/problem.ts'
import { nameOperation, speakDialect } from '../back-office-dialect/speak-dialect.ts'
import { createSimulator, type Simulator } from '../frame/simulator.ts'
import { addDocumentRequest, Client, prepareClients, putClient } from './clients.ts'
import { arrivedDocuments, prepareDocuments } from './documents.ts'
import { addClientRoutes, addDocumentRoutes } from './routes.ts'
import { seedRoback } from './seed.ts'

export type RobackOptions = {
  store?: string | undefined
  key?: string | undefined
  /** Whether documents of clients that Roback does not know are taken. */
  unknownClients?: 'accept' | 'refuse'
  now?: () => Date
}

export const createRobackSimulator = (options: RobackOptions = {}): Simulator => {
  const now = options.now ?? (() => new Date())
  const simulator = createSimulator('roback', options, nameOperation)
  prepareAnswers(simulator.store)
  prepareClients(simulator.store)
  prepareDocuments(simulator.store)
  seedRoback(simulator.store)
  addControls(simulator, now)
  speakDialect(simulator.app, options.key ?? process.env.ROBACK_SIM_KEY ?? 'roback-simulator')
  const fromEnvironment = process.env.ROBACK_SIM_UNKNOWN_CLIENTS === 'accept' ? 'accept' : 'refuse'
  addClientRoutes(simulator)
  addDocumentRoutes(simulator, { now, unknownClients: options.unknownClients ?? fromEnvironment })
  return simulator
}

const NewClient = v.object({
  ...Client.entries,
  id: v.optional(Client.entries.id, () => crypto.randomUUID()),
})
const NewRequest = v.object({
  id: v.optional(Client.entries.id, () => crypto.randomUUID()),
  clientId: Client.entries.id,
  type: v.pipe(v.string(), v.nonEmpty()),
  title: v.pipe(v.string(), v.nonEmpty()),
  status: v.optional(v.picklist(['open', 'closed']), 'open'),
})

const addControls = ({ app, store }: Simulator, now: () => Date): void => {
  app.get('/_sim/documents', (c) => c.json({ documents: arrivedDocuments(store) }))
  app.post('/_sim/clients', async (c) => {
    const client = read(c, NewClient, await c.req.json().catch(() => undefined))
    if (client instanceof Response) return client
    const card = { ...client, updatedAt: now().toISOString() }
    putClient(store, card)
    return c.json(card, 201)
  })
  app.post('/_sim/document-requests', async (c) => {
    const request = read(c, NewRequest, await c.req.json().catch(() => undefined))
    if (request instanceof Response) return request
    const card = { ...request, createdAt: now().toISOString() }
    addDocumentRequest(store, card)
    return c.json(card, 201)
  })
}
