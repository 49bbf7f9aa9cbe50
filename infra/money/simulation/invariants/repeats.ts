import type { Invariant } from './invariant.ts'

/** As many rows as keys: a repeat made nothing. */
export const oncePerKey: Invariant = async ({ sql }) => {
  const [made] = await sql<{ invoices: number; invoiceKeys: number; refunds: number; refundKeys: number }[]>`
    select (select count(*) from invoices) as invoices, (select count(*) from refunds) as refunds,
      (select count(*) from idempotency_keys where route in ('POST /invoices', 'POST /invoices/drafts')) as invoice_keys,
      (select count(*) from idempotency_keys where route = 'POST /refunds') as refund_keys`
  if (!made) return ['nothing was counted']
  return [
    ...(made.invoices === made.invoiceKeys
      ? []
      : [`${made.invoices} invoices of ${made.invoiceKeys} requests`]),
    ...(made.refunds === made.refundKeys ? [] : [`${made.refunds} refunds of ${made.refundKeys} requests`]),
  ]
}
