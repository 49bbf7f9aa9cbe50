import type { OneC, OneCEntity, OneCRow } from '@kontora/one-c'
import { type InvoiceLine, vatKopecks } from '../invoices/invoice.ts'
import { type Share, splitByVat } from './split-by-vat.ts'

export type BilledLine = InvoiceLine & { amountKopecks: number }
export type Bill = {
  id: string
  number: string
  userId: string
  amountKopecks: number
  issuedAt: Date
  lines: BilledLine[]
}
/** Money that came or went back for an invoice. */
export type Movement = { id: string; amountKopecks: number; at: Date }

/** 1С counts in roubles, in floating numbers. */
const roubles = (kopecks: number): number => kopecks / 100
const typeOf = (set: string): string => `StandardODATA.${set}`

export const invoiceDocument = ({ mapping, at }: OneC, bill: Bill, contractKey: string): OneCEntity => ({
  Ref_Key: bill.id,
  Date: at(bill.issuedAt),
  Организация_Key: mapping.organizationKey,
  Контрагент_Key: bill.userId,
  ДоговорКонтрагента_Key: contractKey,
  ВалютаДокумента_Key: mapping.currencyKey,
  СуммаВключаетНДС: true,
  СуммаДокумента: roubles(bill.amountKopecks),
  Комментарий: `ext:${bill.id} № ${bill.number}`,
  Товары: bill.lines.map(
    (line, i): OneCRow => ({
      LineNumber: String(i + 1),
      Номенклатура: mapping.nomenclatureKey,
      Номенклатура_Type: typeOf(mapping.sets.nomenclature),
      Содержание: line.title,
      Количество: line.quantity,
      Цена: roubles(line.priceKopecks),
      Сумма: roubles(line.amountKopecks),
      СтавкаНДС: mapping.vat[line.vat],
      СуммаНДС: roubles(vatKopecks(line.amountKopecks, line.vat)),
    }),
  ),
})

const paymentRow =
  ({ mapping }: OneC, bill: Bill, contractKey: string) =>
  ({ vat, amountKopecks }: Share, i: number): OneCRow => ({
    LineNumber: String(i + 1),
    ДоговорКонтрагента_Key: contractKey,
    // Without it 1С posts the document and makes no entries.
    СпособПогашенияЗадолженности: 'Автоматически',
    СуммаПлатежа: roubles(amountKopecks),
    СуммаВзаиморасчетов: roubles(amountKopecks),
    СтавкаНДС: mapping.vat[vat],
    СуммаНДС: roubles(vatKopecks(amountKopecks, vat)),
    СчетНаОплату_Key: bill.id,
    СчетУчетаРасчетовСКонтрагентом_Key: mapping.accounts.buyers,
    СчетУчетаРасчетовПоАвансам_Key: mapping.accounts.advances,
  })

/** By card or СБП the bank pays out later and less, so this is the mapping's acquiring document, never a bank receipt. */
export const moneyDocument = (
  oneC: OneC,
  operation: 'payment' | 'refund',
  bill: Bill,
  { id, amountKopecks, at }: Movement,
  contractKey: string,
): OneCEntity => ({
  Ref_Key: id,
  Date: oneC.at(at),
  ВидОперации: oneC.mapping.operations[operation],
  Организация_Key: oneC.mapping.organizationKey,
  СчетОрганизации_Key: oneC.mapping.bankAccountKey,
  Контрагент: bill.userId,
  Контрагент_Type: typeOf(oneC.mapping.sets.counterparties),
  ДоговорКонтрагента_Key: contractKey,
  СуммаДокумента: roubles(amountKopecks),
  НазначениеПлатежа: `${operation === 'payment' ? 'Оплата' : 'Возврат'} по счёту № ${bill.number}`,
  Комментарий: `ext:${id}`,
  РасшифровкаПлатежа: splitByVat(bill.lines, amountKopecks).map(paymentRow(oneC, bill, contractKey)),
})
