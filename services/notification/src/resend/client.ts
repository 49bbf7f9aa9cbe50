import { Resend as ResendClient } from 'resend'
import { type Outcome, outcomeOf } from './outcome.ts'

/** What is frozen: the whole body of the call, so that each retry is the same to the byte. */
export type Letter = {
  from: string
  to: string
  subject: string
  html: string
  text: string
  tags: { name: string; value: string }[]
}

export type Resend = { send: (letter: Letter, messageId: string) => Promise<Outcome> }

/** The client never throws and knows no time-out: an unanswered call is abandoned, and asked again under the same key. */
export const createResend = ({
  url,
  key,
  now,
  timeoutMs = 10_000,
}: {
  url: string
  key: string
  now: () => Date
  timeoutMs?: number
}): Resend => {
  const client = new ResendClient(key, { baseUrl: url.replace(/\/+$/, '') })
  return {
    send: async (letter, messageId) => {
      const signal = AbortSignal.timeout(timeoutMs)
      try {
        const { data, error, headers } = await client.emails.send(letter, {
          idempotencyKey: messageId,
          signal,
        })
        return outcomeOf({ id: data?.id, error, headers }, now())
      } catch {
        return { kind: 'later', reason: 'no answer' }
      }
    },
  }
}
