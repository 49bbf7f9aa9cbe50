import { wakeJob } from '@kontora/jobs'
import type { Transaction } from '@kontora/postgres'
import type { Resources } from '../resources.ts'
import type { Completion, SberId } from './client.ts'

type Due = { id: string; completionSealed: string; attempts: number }

const retryMs = 5000
const mostAttempts = 3

/** Empty for who does not want to hear of it. */
export const sealCompletion = async (
  { seal }: Resources,
  completion: Completion | undefined,
): Promise<string> => (completion ? seal.close('sber-completion', JSON.stringify(completion)) : '')

/** Сбер ID wants to hear of each sign-in that was completed; it is told after the commit, while its token lives. */
export const queueCompletion = async (
  tx: Transaction,
  { newId, now }: Resources,
  completionSealed: string,
): Promise<void> => {
  await tx`insert into sber_completions ${tx({ id: newId(), completionSealed, attempts: 0, askAt: now() })}`
  wakeJob(tx, 'tell-completed')
}

/** A failure undoes no sign-in; after three it is given up, loudly, and the token goes. */
export const tellCompleted = async (resources: Resources): Promise<number> => {
  const { sql, now, sberId } = resources
  if (!sberId?.canAsk) return 0
  const time = now()
  const due = await sql<Due[]>`
    update sber_completions set ask_at = ${new Date(time.getTime() + retryMs)}, attempts = attempts + 1
    where id in (
      select id from sber_completions where ask_at <= ${time} order by ask_at limit 20 for update skip locked
    )
    returning id, completion_sealed, attempts`
  await Promise.all(due.map((one) => tellOne(resources, sberId, one)))
  return due.length
}

const tellOne = async ({ sql, seal, log }: Resources, sberId: SberId, one: Due): Promise<void> => {
  const tell = async () => {
    const text = await seal.open('sber-completion', one.completionSealed)
    await sberId.tellCompleted(JSON.parse(text) as Completion)
  }
  const isDone = await tell().then(
    () => true,
    (error: unknown) => {
      const isLast = one.attempts >= mostAttempts
      log[isLast ? 'error' : 'warn']('sber-id-not-told', { attempt: one.attempts }, error)
      return isLast
    },
  )
  if (isDone) await sql`delete from sber_completions where id = ${one.id}`
}
