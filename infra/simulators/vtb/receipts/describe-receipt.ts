import type { Settings } from '../settings.ts'
import type { Receipt } from './receipt-book.ts'

const firstStatus = { payment: 0, refund: 3, correction: 6 }
const steps = { sent: 0, delivered: 1, error: 2 }

export const receiptStatus = ({ group, outcome }: Pick<Receipt, 'group' | 'outcome'>): number =>
  firstStatus[group] + steps[outcome]

/** One of `receipt[]`; which fields there are depends on the version that is set for the merchant. */
export const describeReceipt = (receipt: Receipt, settings: Settings): object => {
  const { receiptVersion: version } = settings
  return {
    receiptStatus: receiptStatus(receipt),
    uuid: receipt.uuid,
    ...(version >= 2 && { original_ofd_uuid: receipt.originalOfdUuid }),
    ...(version >= 3 && { receiptType: receipt.type }),
    ...(receipt.outcome === 'delivered' && fiscalFields(receipt, settings)),
    ...(version >= 5 && { ofdOrderBundle: JSON.stringify({ cartItems: { items: receipt.items } }) }),
  }
}

/** The papers write the date's name in two ways, and call the sum roubles beside a whole number. */
const fiscalFields = (receipt: Receipt, settings: Settings): object => ({
  shift_number: 1 + Math.floor(receipt.number / 100),
  fiscal_receipt_number: receipt.number % 100,
  [settings.receiptDateField]: receipt.issuedAt,
  fn_number: '9960440301234567',
  ecr_registration_number: '0000000400054952',
  fiscal_document_number: receipt.number,
  fiscal_document_attribute: String(1_000_000_000 + receipt.number),
  amount_total:
    settings.receiptAmountUnit === 'kopecks' ? receipt.amountKopecks : roubles(receipt.amountKopecks),
  serial_number: '00106900000001',
  fnsSite: 'www.nalog.gov.ru',
  ofd_receipt_url: settings.receiptLink
    ? `https://ofd.example/receipt/9960440301234567/${receipt.number}`
    : '',
  OFD: { name: 'ООО «Пример ОФД»', website: 'https://ofd.example', inn: '7841465198' },
})

const roubles = (kopecks: number): string =>
  `${Math.trunc(kopecks / 100)}.${String(kopecks % 100).padStart(2, '0')}`
