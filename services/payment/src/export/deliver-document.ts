import { type OneCEntity, OneCFault } from '@kontora/one-c'
import type { Resources } from '../resources.ts'
import { type Bill, invoiceDocument, type Movement, moneyDocument } from './documents.ts'
import type { ExportKind } from './queue-export.ts'
import { readBill, readPayment, readRefund } from './read-source.ts'

type Deliver = (resources: Resources, id: string) => Promise<void>

/** Each step finds what an earlier, interrupted run has left, so a repeat from the beginning makes nothing twice. */
const put = async ({ oneC }: Resources, set: string, document: OneCEntity): Promise<void> => {
  await oneC.create(set, document)
  if (oneC.mapping.postMode === 'post') await oneC.post(set, document.Ref_Key)
}

const putMoney = async (
  resources: Resources,
  set: string,
  operation: 'payment' | 'refund',
  source: Movement & { invoiceId: string },
): Promise<void> => {
  const { oneC, sql } = resources
  const bill: Bill = await readBill(sql, source.invoiceId)
  const contractKey = await oneC.ensureContract(bill.userId)
  await put(resources, set, moneyDocument(oneC, operation, bill, source, contractKey))
}

export const deliverDocument: Record<ExportKind, Deliver> = {
  invoice: async (resources, id) => {
    const { oneC, sql, readRequisites } = resources
    const bill = await readBill(sql, id)
    const payer = await readRequisites(bill.userId)
    if (!payer) throw new OneCFault('business', 'no-requisites', 'Плательщик удалён или заблокирован')
    await oneC.upsertCounterparty(payer)
    const contractKey = await oneC.ensureContract(bill.userId)
    await put(resources, oneC.mapping.sets.invoices, invoiceDocument(oneC, bill, contractKey))
  },
  payment: async (resources, id) => {
    const { sets } = resources.oneC.mapping
    const payment = await readPayment(resources.sql, id)
    await putMoney(
      resources,
      payment.way === 'sbp' ? sets.sbpPayments : sets.cardPayments,
      'payment',
      payment,
    )
  },
  refund: async (resources, id) => {
    const refund = await readRefund(resources.sql, id)
    await putMoney(resources, resources.oneC.mapping.sets.refunds, 'refund', refund)
  },
}
