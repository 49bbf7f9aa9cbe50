import { emit, paymentExported } from '@kontora/events'
import { wakeJob } from '@kontora/jobs'
import { OneCFault } from '@kontora/one-c'
import { transaction } from '@kontora/postgres'
import { ClientFault } from '../client/read-requisites.ts'
import { forEachDue } from '../for-each-due.ts'
import type { Resources } from '../resources.ts'
import { deliverDocument } from './deliver-document.ts'
import type { ExportKind } from './queue-export.ts'

type Due = { id: string; kind: ExportKind; attempts: number }

/** A base so slow that this runs out meets a second run, which finds what the first has made; who died keeps nobody waiting longer. */
const claimMs = 20_000
const mostPauseMs = 10 * 60_000

/** The job `export-to-one-c`: an invoice before its payment, a payment before its refund, the rest side by side. */
export const exportToOneC = async (resources: Resources): Promise<number> => {
  const { sql, now } = resources
  const due = await sql<Due[]>`
    update exports set ask_at = ${new Date(now().getTime() + claimMs)}, attempts = attempts + 1
    where id in (
      select id from exports
      where ask_at <= ${now()} and state = 'waiting' and (after_id is null or exists (
        select 1 from exports before where before.id = exports.after_id and before.state = 'exported'))
      order by ask_at limit 10 for update skip locked)
    returning id, kind, attempts`
  return forEachDue(resources.log, due, (one) => exportOne(resources, one))
}

const exportOne = async (resources: Resources, due: Due): Promise<void> => {
  try {
    await deliverDocument[due.kind](resources, due.id)
  } catch (error) {
    if (!(error instanceof OneCFault) && !(error instanceof ClientFault)) throw error
    resources.log.warn('export-failed', { exportId: due.id, kind: due.kind }, error)
    if (error instanceof ClientFault) return askLater(resources, due, 'client')
    return error.kind === 'unavailable'
      ? askLater(resources, due, error.code)
      : showOperator(resources, due, error)
  }
  await markExported(resources, due)
}

const markExported = ({ sql, now, newId }: Resources, { id, kind }: Due): Promise<void> =>
  transaction(sql, async (tx) => {
    const time = now()
    const marked = await tx`
      update exports set state = 'exported', exported_at = ${time}, ask_at = null, reason_code = null, reason_text = null
      where id = ${id} and state <> 'exported' returning id`
    if (marked.length === 0) return
    await emit(tx, paymentExported, { id: newId(), subject: id, time }, { kind, id })
    wakeJob(tx, 'export-to-one-c')
  })

/** Nothing repeats what 1С has refused: the operator sees why, and asks again when it is put right. */
const showOperator = async ({ sql }: Resources, { id }: Due, { code, text }: OneCFault): Promise<void> => {
  await sql`
    update exports set state = 'failed', ask_at = null, reason_code = ${code}, reason_text = ${text?.replaceAll('\0', '') ?? null}
    where id = ${id} and state = 'waiting'`
}

const askLater = async ({ sql, now }: Resources, { id, attempts }: Due, code: string): Promise<void> => {
  const pauseMs = Math.min(1000 * 2 ** Math.min(attempts, 20), mostPauseMs)
  await sql`
    update exports set ask_at = ${new Date(now().getTime() + pauseMs)}, reason_code = ${code}
    where id = ${id} and state = 'waiting'`
}
