import { emit, paymentExported } from '@kontora/events'
import { wakeJob } from '@kontora/jobs'
import { transaction } from '@kontora/postgres'
import { type Delivered, leftOut } from '../accounting/gateway.ts'
import type { Resources } from '../resources.ts'
import { type Judgement, pauseMs } from './accounting-base.ts'
import type { DueExport } from './claim-export.ts'

type Ending = Pick<Resources, 'sql' | 'now' | 'newId' | 'random'>

/** A base that answers, be it with a refusal, is well. */
const noteAnswer = async ({ sql }: Pick<Resources, 'sql'>): Promise<void> => {
  await sql`
    update accounting_base set faults = 0, resume_at = null where id = 'one-c' and state = 'open' and faults > 0`
}

/** It lies in 1С, read back and compared; or the mapping leaves it to 1С. Only who holds the lease may say so. */
export const markExported = async (
  resources: Ending,
  { id, kind, lease, documentId }: DueExport,
  delivered: Delivered | typeof leftOut,
): Promise<void> => {
  const { sql, now, newId } = resources
  await transaction(sql, async (tx) => {
    const time = now()
    const kept = delivered === leftOut ? undefined : delivered
    const marks = {
      state: kept ? 'exported' : 'left-out',
      exportedAt: kept ? time : null,
      oneCNumber: kept?.number ?? null,
      oneCVersion: kept?.version ?? null,
      oneCPosted: kept?.posted ?? null,
      counterpartyKey: kept?.party?.counterpartyKey ?? null,
      contractKey: kept?.party?.contractKey ?? null,
      reasonCode: kept ? null : 'mapping',
    }
    const marked = await tx`
      update exports set ${tx(marks)}, ask_at = null, leased_until = null, lease = null, reason_text = null, repeats = 0
      where id = ${id} and lease = ${lease} and state = 'waiting' returning id`
    if (marked.length === 0) return
    if (kept) await emit(tx, paymentExported, { id: newId(), subject: id, time }, { kind, id: documentId })
    wakeJob(tx, 'export-to-one-c')
  })
  if (delivered !== leftOut) await noteAnswer(resources)
}

/** Away or busy: the next call to the base, whoever makes it, waits ever longer, until one is answered. */
export const noteBaseFault = async (
  { sql, now, random }: Ending,
  code: string,
  atLeastMs: number,
): Promise<void> => {
  const [base] = await sql<{ faults: number }[]>`
    update accounting_base set faults = faults + 1, reason_code = ${code}, reason_text = null where id = 'one-c'
    returning faults`
  const pause = Math.max(atLeastMs, pauseMs(base?.faults ?? 1, random(1)[0] ?? 0))
  await sql`
    update accounting_base set resume_at = ${new Date(now().getTime() + pause)} where id = 'one-c' and state = 'open'`
}

/** Nothing is sent any more until an operator says so: to ask on would lock the account. */
export const pauseBase = async (
  { sql, now }: Pick<Resources, 'sql' | 'now'>,
  reason: { code: string; text: string | null },
): Promise<void> => {
  await sql`
    update accounting_base set state = 'paused', reason_code = ${reason.code}, reason_text = ${reason.text},
      changed_by = null, changed_at = ${now()}
    where id = 'one-c' and state = 'open'`
}

/** The document goes back to its queue; `repeats` counts how often in a row it did for the same reason. */
export const askLater = async (
  { sql, now, random }: Ending,
  { id, lease, attempts }: DueExport,
  code: string,
  repeats: number,
): Promise<void> => {
  const askAt = new Date(now().getTime() + pauseMs(attempts, random(1)[0] ?? 0))
  await sql`
    update exports set ask_at = ${askAt}, leased_until = null, lease = null, reason_code = ${code}, reason_text = null,
      repeats = ${repeats}
    where id = ${id} and lease = ${lease} and state = 'waiting'`
}

/** Nothing repeats what 1С has refused: the operator sees why, and asks again when it is put right. */
const showOperator = async (
  { sql }: Ending,
  { id, lease }: DueExport,
  { code, text }: Extract<Judgement, { act: 'show' }>,
): Promise<void> => {
  await sql`
    update exports set state = 'failed', ask_at = null, leased_until = null, lease = null, reason_code = ${code},
      reason_text = ${text}
    where id = ${id} and lease = ${lease} and state = 'waiting'`
}

/** Follows what the retry table says of a fault. */
export const followJudgement = async (
  resources: Ending & Pick<Resources, 'log'>,
  due: DueExport,
  judgement: Judgement,
  repeats: number,
): Promise<void> => {
  const { log } = resources
  const told = { exportId: due.id, kind: due.kind, reason: judgement.code }
  switch (judgement.act) {
    case 'wait':
      if (judgement.ofBase) await noteBaseFault(resources, judgement.code, judgement.atLeastMs)
      return askLater(resources, due, judgement.code, repeats)
    case 'pause':
      await pauseBase(resources, judgement)
      log.error('one-c-paused', { reason: judgement.code })
      return askLater(resources, due, judgement.code, repeats)
    case 'show':
      if (judgement.alarm) log.error('export-misconfigured', told)
      await showOperator(resources, due, judgement)
      await noteAnswer(resources)
  }
}
