import type * as v from 'valibot'
import type { Store } from '../../frame/store.ts'
import { entitySet } from '../entity-sets.ts'
import { findEntity, listEntities } from '../entity-store.ts'
import { type Entity, noReference } from '../field.ts'
import { postDocument, unpostDocument } from '../post-document.ts'
import { changeEntity, createEntity, existing } from '../write-entity.ts'
import {
  type CounterpartyBody,
  type InvoiceBody,
  type PaymentBody,
  type RefundBody,
  type VatRate,
  vatNameOf,
} from './bodies.ts'
import { findResource, type ResourceKind, saveResource } from './resource-store.ts'
import { ServiceRefusal } from './service-refusal.ts'

const bills = 'Document_СчетНаОплатуПокупателю'
const counterparties = 'Catalog_Контрагенты'
const contracts = 'Catalog_ДоговорыКонтрагентов'
const paymentSets = {
  card: 'Document_ОплатаПлатежнойКартой',
  sbp: 'Document_ОплатаПлатежнойКартой',
  bank: 'Document_ПоступлениеНаРасчетныйСчет',
} as const
const refundSet = 'Document_СписаниеСРасчетногоСчета'

/** The base stands in Moscow, and keeps no zone. */
export const wallClock = (moment: string): string =>
  new Date(Date.parse(moment) + 3 * 3_600_000).toISOString().slice(0, 19)

const write = (store: Store, set: string, key: string, sent: object): Entity => {
  const body = sent as Record<string, unknown>
  if (!findEntity(store, set, key)) return createEntity(store, entitySet(set), { ...body, Ref_Key: key })
  const changed = changeEntity(store, entitySet(set), { key, version: undefined, loadMode: false }, body)
  return changed ?? existing(store, entitySet(set), key)
}

const posted = (store: Store, set: string, key: string, post: boolean, now: Date): Entity => {
  const document = existing(store, entitySet(set), key)
  return post && document.Posted !== true
    ? postDocument(store, entitySet(set), key, { operational: false, now })
    : document
}

/** Matched by ИНН and КПП where the id is new: the base may know the payer already. */
export const putCounterparty = (
  store: Store,
  id: string,
  { kind, name, inn, kpp }: v.InferOutput<typeof CounterpartyBody>,
): Entity => {
  const known = listEntities(store, counterparties).find((one) => one.ИНН === inn && one.КПП === (kpp ?? ''))
  const key = findEntity(store, counterparties, id) || !inn || !known ? id : String(known.Ref_Key)
  if (key !== id) {
    saveResource(store, alias(id, key))
    return existing(store, entitySet(counterparties), key)
  }
  return write(store, counterparties, id, {
    Description: name,
    НаименованиеПолное: name,
    ИНН: inn ?? '',
    КПП: kpp ?? '',
    ЮридическоеФизическоеЛицо: kind === 'company' ? 'ЮридическоеЛицо' : 'ФизическоеЛицо',
  })
}

const aliases = 'counterparty' as ResourceKind
const alias = (id: string, key: string) => ({
  kind: aliases,
  id,
  set: counterparties,
  invoiceId: noReference,
  more: { key },
})

/** The base's own key of a counterparty of ours. */
export const counterpartyKey = (store: Store, id: string): string => {
  const known = findResource(store, aliases, id)?.more as { key?: string } | undefined
  const key = known?.key ?? id
  if (!findEntity(store, counterparties, key))
    throw new ServiceRefusal(409, 'COUNTERPARTY_UNKNOWN', 'Контрагент не найден')
  return key
}

/** One contract for each counterparty, made when it is first needed. */
const contractOf = (store: Store, owner: string, organization: string): string => {
  const found = listEntities(store, contracts).find(
    (one) => one.Owner_Key === owner && one.Организация_Key === organization,
  )
  const made = () =>
    createEntity(store, entitySet(contracts), {
      Description: 'Основной договор',
      Owner_Key: owner,
      Организация_Key: organization,
      ВидДоговора: 'СПокупателем',
    })
  return String((found ?? made()).Ref_Key)
}

const number = (money: string): number => Number(money)

export const putInvoice = (store: Store, id: string, body: InvoiceBody, now: Date): Entity => {
  const { organization, lines } = body
  const owner = counterpartyKey(store, body.counterpartyId)
  write(store, bills, id, {
    Date: wallClock(body.issuedAt),
    Организация_Key: organization,
    Контрагент_Key: owner,
    ДоговорКонтрагента_Key: contractOf(store, owner, organization),
    СуммаВключаетНДС: true,
    СуммаДокумента: number(body.amount),
    Комментарий: `ext:${id} № ${body.number}`,
    Товары: lines.map((line) => ({
      Содержание: line.title,
      Количество: line.quantity,
      Цена: number(line.price),
      Сумма: number(line.amount),
      СтавкаНДС: vatNameOf(line.vatRate as VatRate),
      СуммаНДС: number(line.vatAmount),
    })),
  })
  const more = { number: body.number, counterpartyId: body.counterpartyId, issuedAt: body.issuedAt }
  saveResource(store, { kind: 'invoice', id, set: bills, invoiceId: id, more })
  return posted(store, bills, id, body.post, now)
}

type Moved = { id: string; invoiceId: string; organization: string; amount: string; at: string }

const moneyDocument = (store: Store, moved: Moved, operation: string): object => {
  const bill = findEntity(store, bills, moved.invoiceId)
  if (!bill || !findResource(store, 'invoice', moved.invoiceId))
    throw new ServiceRefusal(409, 'INVOICE_UNKNOWN', 'Счет на оплату не найден')
  const amount = number(moved.amount)
  return {
    Date: wallClock(moved.at),
    ВидОперации: operation,
    Организация_Key: moved.organization,
    Контрагент: bill.Контрагент_Key,
    Контрагент_Type: `StandardODATA.${counterparties}`,
    ДоговорКонтрагента_Key: bill.ДоговорКонтрагента_Key,
    СуммаДокумента: amount,
    Комментарий: `ext:${moved.id}`,
    РасшифровкаПлатежа: [
      {
        ДоговорКонтрагента_Key: bill.ДоговорКонтрагента_Key,
        СпособПогашенияЗадолженности: 'Автоматически',
        СуммаПлатежа: amount,
        СуммаВзаиморасчетов: amount,
        СчетНаОплату_Key: moved.invoiceId,
      },
    ],
  }
}

export const putPayment = (store: Store, id: string, body: PaymentBody, now: Date): Entity => {
  const { invoiceId, method, fee, rrn, paidAt } = body
  const set = paymentSets[method]
  const before = findResource(store, 'payment', id)
  if (before && before.set !== set)
    throw new ServiceRefusal(409, 'OTHER_METHOD', 'Оплата уже проведена другим способом')
  write(store, set, id, moneyDocument(store, { ...body, id, at: paidAt }, 'ОплатаПокупателя'))
  saveResource(store, { kind: 'payment', id, set, invoiceId, more: { method, fee, rrn, paidAt } })
  return posted(store, set, id, body.post, now)
}

export const putRefund = (store: Store, id: string, body: RefundBody, now: Date): Entity => {
  const { invoiceId, paymentId, refundedAt } = body
  if (!findResource(store, 'payment', paymentId))
    throw new ServiceRefusal(409, 'PAYMENT_UNKNOWN', 'Возвращаемая оплата не найдена')
  write(store, refundSet, id, moneyDocument(store, { ...body, id, at: refundedAt }, 'ВозвратПокупателю'))
  saveResource(store, {
    kind: 'refund',
    id,
    set: refundSet,
    invoiceId,
    more: { paymentId, refundedAt },
  })
  return posted(store, refundSet, id, body.post, now)
}

export const cancelResource = (
  store: Store,
  kind: 'invoice' | 'payment',
  id: string,
  mode: 'mark' | 'unpost',
): Entity => {
  const resource = findResource(store, kind, id)
  if (!resource) throw new ServiceRefusal(404, 'NOT_FOUND', 'Документ не найден')
  const { set } = resource
  const document = existing(store, entitySet(set), id)
  if (mode === 'unpost') return document.Posted ? unpostDocument(store, entitySet(set), id) : document
  return write(store, set, id, { DeletionMark: true })
}
