import type { Store } from '../../frame/store.ts'
import { entitySet } from '../entity-sets.ts'
import { findEntity } from '../entity-store.ts'
import type { Entity, Row } from '../field.ts'
import { existing } from '../write-entity.ts'
import { vatRateOf } from './bodies.ts'
import { findResource, listResources, type Resource, type ResourceKind } from './resource-store.ts'
import { ServiceRefusal } from './service-refusal.ts'

const money = (amount: unknown): string => Number(amount).toFixed(2)
/** Moscow's own offset, all the year round. */
const moment = (date: unknown): string => `${String(date)}+03:00`

const stateOf = (document: Entity) => ({
  ref: String(document.Ref_Key),
  number: String(document.Number),
  posted: document.Posted === true,
  deleted: document.DeletionMark === true,
})

/** What every `PUT` answers with. */
export const answerOf = (document: Entity) => {
  const { ref, number, posted } = stateOf(document)
  return { ref, number, posted }
}

const lineOf = (row: Row) => ({
  title: row.Содержание,
  quantity: row.Количество,
  price: money(row.Цена),
  discount: money(Number(row.Цена) * Number(row.Количество) - Number(row.Сумма)),
  amount: money(row.Сумма),
  vatRate: vatRateOf(row.СтавкаНДС),
  vatAmount: money(row.СуммаНДС),
})

const documentOf = (store: Store, { set, id }: Resource): Entity => existing(store, entitySet(set), id)

const paidAmount = (store: Store, invoiceId: string): string => {
  const kopecks = listResources(store)
    .filter((one) => one.invoiceId === invoiceId && one.kind !== 'invoice')
    .map((one) => ({ kind: one.kind, document: findEntity(store, one.set, one.id) }))
    .filter(({ document }) => document && document.DeletionMark !== true)
    .reduce((sum, { kind, document }) => {
      const amount = Math.round(Number(document?.СуммаДокумента) * 100)
      return sum + (kind === 'refund' ? -amount : amount)
    }, 0)
  return money(kopecks / 100)
}

/** What the base keeps now, be it what was sent or what an accountant has made of it. */
export const showResource = (store: Store, kind: ResourceKind, id: string): object => {
  const resource = findResource(store, kind, id)
  if (!resource) throw new ServiceRefusal(404, 'NOT_FOUND', 'Нет такого объекта')
  const document = documentOf(store, resource)
  const shown = {
    ...resource.more,
    organization: document.Организация_Key,
    amount: money(document.СуммаДокумента),
    post: document.Posted,
    ...stateOf(document),
  }
  if (kind !== 'invoice') return { ...shown, invoiceId: resource.invoiceId }
  const lines = (document.Товары as Row[]).map(lineOf)
  return { ...shown, lines, paidAmount: paidAmount(store, id) }
}

const pageSize = 100

/** What this service made, by the documents' dates; `to` is excluded. */
export const showDocuments = (store: Store, from: string, to: string, cursor: number): object => {
  const found = listResources(store)
    .filter(({ kind }) => ['invoice', 'payment', 'refund'].includes(kind))
    .map((resource) => ({ resource, document: findEntity(store, resource.set, resource.id) }))
    .filter(({ document }) => document && String(document.Date) >= from && String(document.Date) < to)
    .map(({ resource: { id, kind }, document = {} }) => ({
      id,
      kind,
      date: moment(document.Date),
      amount: money(document.СуммаДокумента),
      posted: document.Posted === true,
      deleted: document.DeletionMark === true,
    }))
  const items = found.slice(cursor, cursor + pageSize)
  const next = cursor + pageSize
  return { items, ...(next < found.length && { cursor: String(next) }) }
}
