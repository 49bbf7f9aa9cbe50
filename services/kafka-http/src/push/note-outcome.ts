import { type Sql, transaction } from '@kontora/postgres'
import type { Log } from '@kontora/service'
import type { Answer } from './post-batch.ts'

type Noting = { sql: Sql; now: () => Date; log: Log }
type Refused = Pick<Extract<Answer, { taken: false }>, 'reason'>

export const noteTaken = async ({ sql, now, log }: Noting, name: string): Promise<void> => {
  await sql`
    update push_subscriptions set state = 'active', reason = null, since = ${now()}, failures = 0, next_at = ${now()}
    where name = ${name} and state = 'failing'`
  log.info('push-recovered', { subscription: name })
}

export const noteFailure = async (
  { sql, now, log }: Noting,
  name: string,
  { reason, failures, waitMs }: Refused & { failures: number; waitMs: number },
): Promise<void> => {
  const nextAt = new Date(now().getTime() + waitMs)
  await sql`
    update push_subscriptions set state = 'failing', reason = ${reason}, failures = ${failures}, next_at = ${nextAt},
      since = case when state = 'failing' then since else ${now()}::timestamptz end
    where name = ${name} and state <> 'paused'`
  log.warn('push-failed', { subscription: name, reason, failures })
}

/** The alarm: nothing more is posted until an operator resumes it. */
export const giveUp = async (
  { sql, now, log }: Noting,
  name: string,
  { reason, failures }: Refused & { failures: number },
): Promise<void> => {
  const paused = await transaction(
    sql,
    (tx) => tx`
      update push_subscriptions set state = 'paused', reason = ${reason}, failures = ${failures}, since = ${now()}
      where name = ${name} and state <> 'paused' returning name`,
  )
  if (paused.length > 0) log.error('push-paused', { subscription: name, reason, failures })
}
