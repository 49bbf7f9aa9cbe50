import { NumberSetting, type SettingsOf, setting } from '@kontora/service'
import { Email } from '@kontora/validation'
import * as v from 'valibot'
import type { ReceiptCalls } from '../vtb/receipts.ts'
import type { Fiscal } from './fiscal.ts'

export const receiptSettings = {
  RECEIPTS: setting(
    v.picklist(['bank', 'none']),
    'Fiscal receipts (54-ФЗ): the bank makes them from the cart of an order, or this service has none made',
  ),
  RECEIPTS_HANDOVER: setting(
    v.optional(v.picklist(['by-operator', 'at-payment']), 'by-operator'),
    'When a prepayment becomes a sale: an operator says so, or with the last payment',
  ),
  RECEIPTS_QUANTITY: setting(
    v.optional(v.picklist(['counted', 'one']), 'counted'),
    'Quantities as invoiced, or always 1 for a gateway by ФФД 1.2 that takes nothing else',
  ),
  RECEIPTS_PAYMENT_OBJECT: setting(
    v.optional(NumberSetting(1, 33), '4'),
    'What is sold, by tag 1212: 1 goods, 3 work, 4 a service …',
  ),
  RECEIPTS_COMPANIES: setting(
    v.optional(v.picklist(['send', 'omit']), 'send'),
    'A company that pays by card or СБП: a receipt, or none (54-ФЗ, art. 2 p. 9)',
  ),
  RECEIPTS_TRANSFERS: setting(
    v.optional(v.picklist(['people', 'none']), 'people'),
    'Bank transfers that want a receipt from the till: those of people, or none (54-ФЗ, art. 1.2 p. 5.4)',
  ),
  RECEIPTS_CONTACT: setting(
    v.optional(v.pipe(Email, v.maxLength(40))),
    "Where a receipt goes when the payer's address is longer than the bank's 40 characters",
  ),
}

type Values = SettingsOf<typeof receiptSettings>

export const openFiscal = (
  values: Values,
  calls: ReceiptCalls | undefined,
  readContact: Fiscal['readContact'],
): Fiscal | undefined =>
  values.RECEIPTS === 'none' || !calls
    ? undefined
    : {
        ...calls,
        readContact,
        handOver: values.RECEIPTS_HANDOVER,
        counting: values.RECEIPTS_QUANTITY,
        paymentObject: values.RECEIPTS_PAYMENT_OBJECT,
        ofCompanies: values.RECEIPTS_COMPANIES,
        ofTransfers: values.RECEIPTS_TRANSFERS,
        ownContact: values.RECEIPTS_CONTACT,
      }
