import * as v from 'valibot'
import type { Store } from '../frame/store.ts'

export const Client = v.object({
  id: v.pipe(v.string(), v.uuid()),
  type: v.picklist(['person', 'company', 'entrepreneur']),
  fullName: v.pipe(v.string(), v.nonEmpty()),
  inn: v.optional(v.pipe(v.string(), v.regex(/^(\d{10}|\d{12})$/))),
  kpp: v.optional(v.pipe(v.string(), v.regex(/^\d{9}$/))),
  phone: v.optional(v.pipe(v.string(), v.regex(/^\+\d{11,15}$/))),
  email: v.optional(v.pipe(v.string(), v.email())),
  status: v.optional(v.picklist(['active', 'blocked', 'archived']), 'active'),
})
export type Client = v.InferOutput<typeof Client> & { updatedAt: string }

export type Contract = { id: string; number: string; date: string; title: string; status: string }
export type DocumentRequest = {
  id: string
  clientId: string
  type: string
  title: string
  status: 'open' | 'closed'
  createdAt: string
}

export const prepareClients = (store: Store): void => {
  store.run('create table if not exists clients (id text primary key, card text not null)')
  store.run(`create table if not exists external_ids (
    client_id text not null, system text not null, value text not null,
    primary key (client_id, system), unique (system, value))`)
  store.run(
    'create table if not exists contracts (id text primary key, client_id text not null, card text not null)',
  )
  store.run('create table if not exists document_requests (id text primary key, card text not null)')
}

export const putClient = (store: Store, client: Client): void =>
  void store
    .query('insert or replace into clients (id, card) values (?, ?)')
    .run(client.id, JSON.stringify(client))

export const findClient = (store: Store, id: string): Client | undefined =>
  cards<Client>(store, 'select card from clients where id = ?', id.toLowerCase())[0]

export const searchClients = (
  store: Store,
  wanted: Record<'phone' | 'email' | 'inn' | 'externalId', string | undefined>,
): Client[] =>
  cards<Client>(
    store,
    `select card from clients
     where (?1 = '' or card ->> '$.phone' = ?1)
       and (?2 = '' or lower(card ->> '$.email') = lower(?2))
       and (?3 = '' or card ->> '$.inn' = ?3)
       and (?4 = '' or id in (select client_id from external_ids where value = ?4))`,
    wanted.phone ?? '',
    wanted.email ?? '',
    wanted.inn ?? '',
    wanted.externalId ?? '',
  )

/** False if another client has it. */
export const linkExternalId = (
  store: Store,
  clientId: string,
  { system, value }: { system: string; value: string },
): boolean => {
  const owner = store
    .query<{ client_id: string }, [string, string]>(
      'select client_id from external_ids where system = ? and value = ?',
    )
    .get(system, value)
  if (owner && owner.client_id !== clientId) return false
  store
    .query('insert or replace into external_ids (client_id, system, value) values (?, ?, ?)')
    .run(clientId, system, value)
  return true
}

export const addContract = (store: Store, clientId: string, contract: Contract): void =>
  void store
    .query('insert or replace into contracts (id, client_id, card) values (?, ?, ?)')
    .run(contract.id, clientId, JSON.stringify(contract))

export const contractsOf = (store: Store, clientId: string): Contract[] =>
  cards<Contract>(store, 'select card from contracts where client_id = ?', clientId)

export const addDocumentRequest = (store: Store, request: DocumentRequest): void =>
  void store
    .query('insert or replace into document_requests (id, card) values (?, ?)')
    .run(request.id, JSON.stringify(request))

export const documentRequests = (store: Store, clientId = '', status = ''): DocumentRequest[] =>
  cards<DocumentRequest>(
    store,
    `select card from document_requests
     where (?1 = '' or card ->> '$.clientId' = ?1) and (?2 = '' or card ->> '$.status' = ?2)`,
    clientId,
    status,
  )

const cards = <Card>(store: Store, sql: string, ...values: string[]): Card[] =>
  store
    .query<{ card: string }, string[]>(sql)
    .all(...values)
    .map(({ card }) => JSON.parse(card) as Card)
