import { transaction } from '@kontora/postgres'
import { applyPayment } from '../../../services/payment/src/invoices/apply-payment.ts'
import { cancelInvoice } from '../../../services/payment/src/invoices/cancel-invoice.ts'
import { changeDraft } from '../../../services/payment/src/invoices/change-draft.ts'
import { expireInvoice } from '../../../services/payment/src/invoices/expire-invoice.ts'
import { issueDraft } from '../../../services/payment/src/invoices/issue-invoice.ts'
import { lockInvoice } from '../../../services/payment/src/invoices/lock-invoice.ts'
import { withdrawPayment } from '../../../services/payment/src/invoices/withdraw-payment.ts'
import type { Resources } from '../../../services/payment/src/resources.ts'
import { type Happening, operator } from './happening.ts'

const pay = (resources: Resources, id: string, amountKopecks: number) =>
  transaction(resources.sql, async (tx) => {
    const invoice = await lockInvoice(tx, id)
    if (invoice) await applyPayment(tx, resources, invoice, amountKopecks)
  })

/** A transfer turned out not to be of it. */
const withdraw = (resources: Resources, id: string) =>
  transaction(resources.sql, async (tx) => {
    const invoice = await lockInvoice(tx, id)
    if (invoice && invoice.paidKopecks > 0) await withdrawPayment(tx, resources, id, 1)
  })

const line = { title: 'Сопровождение', quantity: 1, priceKopecks: 1000, discountKopecks: 0, vat: '22' }

export const happenToInvoices: Happening[] = [
  {
    events: ['draft'],
    happen: (resources, { id, userId }) =>
      changeDraft(resources, operator, { invoiceId: id, draft: { userId, lines: [line] } }),
  },
  { events: ['issue'], happen: (resources, { id }) => issueDraft(resources, operator, { invoiceId: id }) },
  { events: ['pay'], happen: (resources, { id }) => pay(resources, id, 1000) },
  { events: ['pay-part'], happen: (resources, { id }) => pay(resources, id, 1) },
  { events: ['withdraw'], happen: (resources, { id }) => withdraw(resources, id) },
  {
    events: ['cancel'],
    happen: (resources, { id }) => cancelInvoice(resources, operator, { invoiceId: id }),
  },
  { events: ['expire'], happen: (resources, { id }) => expireInvoice(resources, { invoiceId: id }) },
]
