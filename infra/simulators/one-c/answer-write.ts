import type { Context } from 'hono'
import type { Env } from '../frame/simulator.ts'
import type { Store } from '../frame/store.ts'
import { type Address, isAction } from './address.ts'
import { entityAnswer, jsonAnswer, needsJson, rootOf } from './answer-read.ts'
import { entitySet, sectionSets } from './entity-sets.ts'
import type { Entity } from './field.ts'
import { postDocument, unpostDocument } from './post-document.ts'
import { type Format, readQuery } from './read-query.ts'
import { Refusal } from './refusal.ts'
import { type Change, changeEntity, createEntity, deleteEntity, type Sent } from './write-entity.ts'

const wrongMethod = (): Refusal => new Refusal('19', 'Метод HTTP не применим к ресурсу')

const readBody = async (c: Context<Env>, format: Format): Promise<Sent> => {
  needsJson(format)
  if (!c.req.header('content-type')?.includes('json')) throw new Refusal('2', 'Неверный формат запроса')
  const body: unknown = await c.req.json().catch(() => null)
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Refusal('2', 'Неверный формат запроса')
  return body as Sent
}

const loadMode = (c: Context<Env>): boolean => c.req.header('1C_OData-DataLoadMode') === 'true'

const changeOf = (c: Context<Env>, key: string): Change => ({
  key,
  version: c.req.header('if-match'),
  loadMode: loadMode(c),
})

const noted = (c: Context<Env>, { Ref_Key, Number: number, Posted, DataVersion }: Entity): void =>
  c.set('journal', { Ref_Key, Number: number, Posted, DataVersion, loadMode: loadMode(c) })

export const answerWrite = async (
  c: Context<Env>,
  store: Store,
  address: Address,
  format: Format,
  now: Date,
): Promise<Response> => {
  const { set, key, tail } = address
  if (sectionSets.has(set)) {
    if (c.req.method === 'POST' && key === undefined)
      throw new Refusal('13', 'Непосредственное создание строк табличной части невозможно')
    throw wrongMethod()
  }
  if (set === '' || set === '$metadata') throw wrongMethod()
  entitySet(set)
  if (key === undefined) return create(c, store, address, format)
  if (c.req.method === 'POST') return act(c, store, { set, key, tail }, now)
  if (tail !== '') throw wrongMethod()
  if (c.req.method === 'PATCH') return change(c, store, { set, key, tail }, format)
  if (c.req.method === 'DELETE') return remove(c, store, { set, key, tail })
  throw wrongMethod()
}

const create = async (c: Context<Env>, store: Store, { set, tail }: Address, format: Format) => {
  if (tail !== '') throw new Refusal('11', `Метод "${tail}" не найден`)
  if (c.req.method !== 'POST') throw wrongMethod()
  const entity = createEntity(store, entitySet(set), await readBody(c, format))
  noted(c, entity)
  const location = `${rootOf(c.req.url)}${encodeURIComponent(set)}(guid'${entity.Ref_Key}')`
  return jsonAnswer(entityAnswer(entity, set, c.req.url, format), 201, { location })
}

const act = (c: Context<Env>, store: Store, { set, key, tail }: Required<Address>, now: Date): Response => {
  if (tail === '') throw wrongMethod()
  if (!isAction(tail) || !set.startsWith('Document_')) throw new Refusal('11', `Метод "${tail}" не найден`)
  const mode = readQuery(c.req.url).get('PostingModeOperational') ?? 'false'
  if (mode !== 'true' && mode !== 'false') throw new Refusal('21', 'Неверные аргументы метода Post')
  noted(
    c,
    tail === 'Post'
      ? postDocument(store, entitySet(set), key, { operational: mode === 'true', now })
      : unpostDocument(store, entitySet(set), key),
  )
  return new Response(null, { status: 200 })
}

const stale = (): Response => new Response(null, { status: 412 })

const change = async (c: Context<Env>, store: Store, { set, key }: Required<Address>, format: Format) => {
  const sent = await readBody(c, format)
  const entity = changeEntity(store, entitySet(set), changeOf(c, key), sent)
  if (!entity) return stale()
  noted(c, entity)
  return jsonAnswer(entityAnswer(entity, set, c.req.url, format))
}

const remove = (c: Context<Env>, store: Store, { set, key }: Required<Address>): Response => {
  if (!deleteEntity(store, entitySet(set), changeOf(c, key))) return stale()
  c.set('journal', { Ref_Key: key, deleted: true })
  return new Response(null, { status: 204 })
}
