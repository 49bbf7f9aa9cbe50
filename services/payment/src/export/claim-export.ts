import { type Transaction, transaction } from '@kontora/postgres'
import type { DocumentKind } from '../accounting/gateway.ts'
import type { Way } from '../attempts/attempt.ts'
import type { Resources } from '../resources.ts'
import { type BaseState, leasesOf } from './accounting-base.ts'

export type DueExport = {
  id: string
  kind: DocumentKind
  documentId: string
  invoiceId: string
  paymentId: string | null
  way: Way | null
  amountKopecks: number
  happenedAt: Date
  attempts: number
  repeats: number
  reasonCode: string | null
  lease: string
}

type Claiming = Pick<Resources, 'sql' | 'now' | 'newId' | 'oneCConcurrency'>

/** Whoever died while he worked keeps his document and his place from others no longer than this. */
export const leaseMs = 20_000

/**
 * The next document that may go: one for which all before it of its invoice are done, of a payer of whom no other is on its
 * way. The base's row is the lock under which processes count how many are, so that all together keep to the leases.
 */
export const claimExport = ({ sql, now, newId, oneCConcurrency }: Claiming): Promise<DueExport | undefined> =>
  transaction(sql, async (tx) => {
    const time = now()
    const [base] = await tx<BaseState[]>`
      select state, faults, resume_at from accounting_base where id = 'one-c' for update`
    if (!base || base.state === 'paused' || (base.resumeAt && base.resumeAt > time)) return undefined
    const [running] = await tx<{ count: number }[]>`
      select count(*) as count from exports where leased_until > ${time}`
    if ((running?.count ?? 0) >= leasesOf(base, oneCConcurrency)) return undefined
    return take(tx, time, newId())
  })

const take = async (tx: Transaction, time: Date, lease: string): Promise<DueExport | undefined> => {
  const [due] = await tx<DueExport[]>`
    update exports set lease = ${lease}, leased_until = ${new Date(time.getTime() + leaseMs)}, attempts = attempts + 1
    where id = (
      select id from exports due
      where ask_at <= ${time} and state = 'waiting' and (leased_until is null or leased_until <= ${time})
        and (after_id is null or exists (
          select 1 from exports before where before.id = due.after_id and before.state in ('exported', 'left-out')))
        and not exists (
          select 1 from exports other where other.user_id = due.user_id and other.leased_until > ${time})
      order by ask_at, position limit 1)
    returning id, kind, document_id, invoice_id, payment_id, way, amount_kopecks, happened_at, attempts, repeats,
      reason_code, lease`
  return due
}

/** While the work lasts, its lease does; `false`: another process has taken the document over. */
export const renewLease = async (
  { sql, now }: Pick<Resources, 'sql' | 'now'>,
  { id, lease }: DueExport,
): Promise<boolean> => {
  const kept = await sql`
    update exports set leased_until = ${new Date(now().getTime() + leaseMs)}
    where id = ${id} and lease = ${lease} returning id`
  return kept.length > 0
}
