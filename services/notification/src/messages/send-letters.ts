import { transaction } from '@kontora/postgres'
import { currentTrace, newTrace, parseTraceparent, withTrace } from '@kontora/service'
import type { Outcome } from '../resend/outcome.ts'
import type { Resources } from '../resources.ts'
import { thawLetter } from './freeze-letter.ts'
import { nextStep } from './message.ts'
import { markFailed, markSent } from './settle-message.ts'

type Due = {
  id: string
  kind: string
  letterSealed: string
  attempts: number
  firstAskedAt: Date
  expiresAt: Date | null
  traceparent: string | null
}

/** Longer than a call may take, so that who finds the letter again finds its caller gone. */
const claimedMs = 30_000
const atOnce = 10

/** Codes have a beat and calls of their own: no mailing stands before them. */
export const sendCodes = async (resources: Resources): Promise<number> => {
  const expired = await expireCodes(resources)
  return expired + (await sendDue(resources, { codes: true }))
}

export const sendLetters = (resources: Resources): Promise<number> => sendDue(resources, { codes: false })

const unreadable: Outcome = { kind: 'parked', reason: 'sealed with another key' }

const sendDue = async (resources: Resources, lane: { codes: boolean }): Promise<number> => {
  const due = await claim(resources, lane)
  const calls = await Promise.allSettled(
    due.map((message) => withTrace(traceOf(resources, message), () => sendOne(resources, message))),
  )
  const failed = calls.find((call) => call.status === 'rejected')
  if (failed) throw failed.reason
  // Asked to come later: the rest would only meet the same, so they wait for the next beat.
  return calls.some((call) => call.status === 'fulfilled' && call.value === 'later') ? 0 : due.length
}

/** Claiming moves `ask_at`, so that after a crash the letter is sent again: the same bytes under the same key. */
const claim = ({ sql, now }: Resources, { codes }: { codes: boolean }): Promise<Due[]> => {
  const time = now()
  return sql<Due[]>`
    update messages set ask_at = ${new Date(time.getTime() + claimedMs)}, attempts = attempts + 1,
      first_asked_at = coalesce(first_asked_at, ${time})
    where id in (
      select id from messages
      where state = 'ready' and (priority = 0) = ${codes} and ask_at <= ${time}
        and (expires_at is null or expires_at > ${time})
      order by priority, ask_at limit ${atOnce} for update skip locked
    )
    returning id, kind, letter_sealed, attempts, first_asked_at, expires_at, traceparent`
}

const traceOf = ({ random }: Resources, { traceparent }: Due) =>
  parseTraceparent(traceparent) ?? currentTrace() ?? newTrace(random)

const sendOne = async (resources: Resources, message: Due): Promise<Outcome['kind'] | undefined> => {
  const { now, mail, log } = resources
  const letter = await thawLetter(resources, message).catch(() => undefined)
  if (message.expiresAt && message.expiresAt <= now()) return undefined
  const outcome = letter ? await mail.send(letter, message.id) : unreadable
  await settle(resources, message, outcome)
  const { id: messageId, kind, attempts } = message
  if (outcome.kind === 'sent') log.info('letter-sent', { messageId, kind, attempts })
  else log.warn('letter-not-sent', { messageId, kind, attempts, how: outcome.kind, reason: outcome.reason })
  return outcome.kind
}

const settle = (resources: Resources, message: Due, outcome: Outcome): Promise<void> =>
  transaction(resources.sql, async (tx) => {
    const { id } = message
    if (outcome.kind === 'sent') return markSent(tx, resources, { id, providerId: outcome.providerId })
    const { reason } = outcome
    if (outcome.kind === 'refused') return markFailed(tx, resources, { id, state: 'failed', reason })
    const next =
      outcome.kind === 'later' ? nextStep(outcome, message, resources.now()) : { state: 'parked' as const }
    const askAt = 'askAt' in next ? next.askAt : resources.now()
    await tx`
      update messages set state = ${next.state}, ask_at = ${askAt}, reason = ${reason} where id = ${id} and state = 'ready'`
  })

const expireCodes = ({ sql, ...resources }: Resources): Promise<number> =>
  transaction(sql, async (tx) => {
    const expired = await tx<{ id: string }[]>`
      select id from messages where state in ('ready', 'parked') and priority = 0 and expires_at <= ${resources.now()}
      limit 100 for update skip locked`
    for (const { id } of expired)
      await markFailed(tx, resources, { id, state: 'expired', reason: 'not sent in time' })
    return expired.length
  })
