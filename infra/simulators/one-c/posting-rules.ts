import type { Entity, Row } from './field.ts'
import { noDate, noReference } from './field.ts'
import type { Settings } from './settings.ts'

type Exists = (set: string, key: string) => boolean

const rowsOf = (document: Entity, section: string): Row[] => (document[section] ?? []) as Row[]
const kopecks = (amount: unknown): number => Math.round(Number(amount) * 100)
const sum = (rows: Row[], property: string): number =>
  rows.reduce((total, row) => total + kopecks(row[property]), 0)
const isPayment = (document: Entity): boolean => 'РасшифровкаПлатежа' in document

export const isClosed = (document: Entity, { closedBefore }: Pick<Settings, 'closedBefore'>): boolean =>
  closedBefore !== null && String(document.Date) < closedBefore

export const closedText = (document: Entity, { closedBefore }: Pick<Settings, 'closedBefore'>): string =>
  `Документ № ${document.Number} относится к периоду до ${closedBefore}, который закрыт для изменения (дата запрета изменения)`

/** What the lines come to; a price without VAT gets it on top. */
const linesKopecks = (document: Entity): number => {
  if (isPayment(document)) return sum(rowsOf(document, 'РасшифровкаПлатежа'), 'СуммаПлатежа')
  const lines = [...rowsOf(document, 'Товары'), ...rowsOf(document, 'Услуги')]
  return sum(lines, 'Сумма') + (document.СуммаВключаетНДС ? 0 : sum(lines, 'СуммаНДС'))
}

const hasCounterparty = (document: Entity, exists: Exists): boolean => {
  if (!isPayment(document)) return exists('Catalog_Контрагенты', String(document.Контрагент_Key))
  const [, set = ''] = String(document.Контрагент_Type).split('.')
  return exists(set, String(document.Контрагент))
}

const hasContract = (document: Entity): boolean => {
  const rows = rowsOf(document, 'РасшифровкаПлатежа')
  return (
    document.ДоговорКонтрагента_Key !== noReference ||
    (rows.length > 0 && rows.every((row) => row.ДоговорКонтрагента_Key !== noReference))
  )
}

const notFilled = (field: string): string => `Поле "${field}" не заполнено`

/** The text with which the configuration refuses to post this document, if it does. */
export const postingRefusal = (document: Entity, settings: Settings, exists: Exists): string | undefined => {
  if (document.DeletionMark) return 'Помеченный на удаление документ не может быть проведен!'
  if (document.Date === noDate) return notFilled('Дата')
  if (isClosed(document, settings)) return closedText(document, settings)
  if (!exists('Catalog_Организации', String(document.Организация_Key))) return notFilled('Организация')
  if (!hasCounterparty(document, exists)) return notFilled('Контрагент')
  if (!hasContract(document)) return notFilled('Договор')
  if (isPayment(document) && document.ВидОперации === '') return notFilled('Вид операции')
  if (linesKopecks(document) !== kopecks(document.СуммаДокумента))
    return 'Сумма по строкам не равна сумме документа'
  return undefined
}

/** An invoice moves no money in the books; a payment whose rows do not say how a debt is repaid is posted without entries. */
export const makesEntries = (set: string, document: Entity): boolean => {
  if (document.Posted !== true || set === 'Document_СчетНаОплатуПокупателю') return false
  return (
    !isPayment(document) ||
    rowsOf(document, 'РасшифровкаПлатежа').every((row) => row.СпособПогашенияЗадолженности !== '')
  )
}
