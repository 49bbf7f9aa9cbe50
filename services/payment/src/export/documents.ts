import { type OneC, type OneCEntity, OneCFault, type OneCRow } from '@kontora/one-c'
import { type PricedLine, vatKopecks } from '../invoices/invoice.ts'
import { type Share, splitByVat } from './split-by-vat.ts'

export type BilledLine = Omit<PricedLine, 'discountKopecks'> & { percent: number | null }
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
/** A rate that the law brought after the mapping was written is the accountant's to add. */
const vatName = ({ mapping }: OneC, code: string): string => {
  const names: Record<string, string> = mapping.vat
  const name = names[code]
  if (name === undefined)
    throw new OneCFault('business', 'no-vat-rate', `В настройках обмена нет ставки НДС ${code}`)
  return name
}
const typeOf = (set: string): string => `StandardODATA.${set}`

export const invoiceDocument = (oneC: OneC, bill: Bill, contractKey: string): OneCEntity => ({
  Ref_Key: bill.id,
  Date: oneC.at(bill.issuedAt),
  Организация_Key: oneC.mapping.organizationKey,
  Контрагент_Key: bill.userId,
  ДоговорКонтрагента_Key: contractKey,
  ВалютаДокумента_Key: oneC.mapping.currencyKey,
  СуммаВключаетНДС: true,
  СуммаДокумента: roubles(bill.amountKopecks),
  Комментарий: `ext:${bill.id} № ${bill.number}`,
  Товары: bill.lines.map(
    (line, i): OneCRow => ({
      LineNumber: String(i + 1),
      Номенклатура: oneC.mapping.nomenclatureKey,
      Номенклатура_Type: typeOf(oneC.mapping.sets.nomenclature),
      Содержание: line.title,
      Количество: line.quantity,
      Цена: roubles(line.priceKopecks),
      Сумма: roubles(line.amountKopecks),
      СтавкаНДС: vatName(oneC, line.vat),
      СуммаНДС: roubles(line.vatKopecks),
    }),
  ),
})

const paymentRow =
  (oneC: OneC, bill: Bill, contractKey: string) =>
  ({ vat, percent, amountKopecks }: Share, i: number): OneCRow => ({
    LineNumber: String(i + 1),
    ДоговорКонтрагента_Key: contractKey,
    // Without it 1С posts the document and makes no entries.
    СпособПогашенияЗадолженности: 'Автоматически',
    СуммаПлатежа: roubles(amountKopecks),
    СуммаВзаиморасчетов: roubles(amountKopecks),
    СтавкаНДС: vatName(oneC, vat),
    СуммаНДС: roubles(vatKopecks(amountKopecks, percent)),
    СчетНаОплату_Key: bill.id,
    СчетУчетаРасчетовСКонтрагентом_Key: oneC.mapping.accounts.buyers,
    СчетУчетаРасчетовПоАвансам_Key: oneC.mapping.accounts.advances,
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
