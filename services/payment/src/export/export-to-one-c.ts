import { OneCFault } from '@kontora/one-c'
import { ClientFault } from '../client/ask-client.ts'
import type { Resources } from '../resources.ts'
import { asksFirst, type BaseState, judgeFault } from './accounting-base.ts'
import { claimExport, type DueExport, leaseMs, renewLease } from './claim-export.ts'
import { deliverDocument } from './deliver-document.ts'
import { askLater, followJudgement, markExported, noteBaseFault, pauseBase } from './end-export.ts'

const mostOfOne = 50

/**
 * The job `export-to-one-c`: documents of one invoice in their order, others side by side within the leases that all
 * processes share. A base that was away too often is first asked whether it lives.
 */
export const exportToOneC = async (resources: Resources): Promise<number> => {
  if (!(await isReachable(resources))) return 0
  let taken = 0
  const work = async (): Promise<void> => {
    for (let i = 0; i < mostOfOne; i++) {
      const due = await claimExport(resources)
      if (!due) return
      taken += 1
      await exportOne(resources, due)
    }
  }
  await Promise.all(Array.from({ length: resources.oneCConcurrency }, work))
  return taken
}

const isReachable = async (resources: Resources): Promise<boolean> => {
  const { sql, now } = resources
  const [base] = await sql<BaseState[]>`
    select state, faults, resume_at from accounting_base where id = 'one-c'`
  if (!base || base.state === 'paused' || (base.resumeAt && base.resumeAt > now())) return false
  return !asksFirst(base) || isAlive(resources)
}

/** One process asks, the others wait for what it finds. */
const isAlive = async (resources: Resources): Promise<boolean> => {
  const { sql, now, accounting, log } = resources
  const mine = await sql`
    update accounting_base set resume_at = ${new Date(now().getTime() + leaseMs)}
    where id = 'one-c' and state = 'open' and (resume_at is null or resume_at <= ${now()}) returning id`
  if (mine.length === 0) return false
  try {
    await accounting.ping()
  } catch (error) {
    if (!(error instanceof OneCFault)) throw error
    log.warn('one-c-away', { reason: error.code })
    if (error.kind === 'access') await pauseBase(resources, { code: error.code, text: error.text ?? null })
    else await noteBaseFault(resources, error.code, error.retryAfterMs ?? 0)
    return false
  }
  // Not well yet: one document goes alone, and says more than any question.
  await sql`update accounting_base set resume_at = null, faults = 1 where id = 'one-c' and state = 'open'`
  return true
}

const renewMs = leaseMs / 4

/** A slow base may take minutes for one call: while we live, nobody else takes the document over. */
const whileLeased = async <Result>(
  resources: Resources,
  due: DueExport,
  work: () => Promise<Result>,
): Promise<Result> => {
  const timer = setInterval(() => void renewLease(resources, due).catch(() => {}), renewMs)
  try {
    return await work()
  } finally {
    clearInterval(timer)
  }
}

const exportOne = async (resources: Resources, due: DueExport): Promise<void> => {
  try {
    const delivered = await whileLeased(resources, due, () => deliverDocument(resources, due))
    await markExported(resources, due, delivered)
  } catch (error) {
    await followFault(resources, due, error)
  }
}

/** A bug of ours, or our own database: seen in the log, keeps no other document, comes again. */
const ourFault = 'our-fault'

const followFault = async (resources: Resources, due: DueExport, error: unknown): Promise<void> => {
  const { log } = resources
  const code = error instanceof OneCFault ? error.code : error instanceof ClientFault ? 'client' : ourFault
  const repeats = due.reasonCode === code ? due.repeats + 1 : 1
  if (code === ourFault) log.error('due-row-failed', { rowId: due.id }, error)
  else log.warn('export-failed', { exportId: due.id, kind: due.kind }, error)
  if (error instanceof OneCFault) return followJudgement(resources, due, judgeFault(error, repeats), repeats)
  await askLater(resources, due, code, repeats)
}
