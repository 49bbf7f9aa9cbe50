import { Email, Id } from '@kontora/validation'
import * as v from 'valibot'
import type { MessageState } from '../messages/message.ts'

const Tags = v.union([
  v.record(v.string(), v.string()),
  v.pipe(
    v.array(v.object({ name: v.string(), value: v.string() })),
    v.transform((tags) => Object.fromEntries(tags.map(({ name, value }) => [name, value]))),
  ),
])

const Event = v.object({
  type: v.pipe(v.string(), v.regex(/^[a-z_.]{1,60}$/)),
  created_at: v.fallback(v.string(), ''),
  data: v.object({
    email_id: v.fallback(v.nullable(v.pipe(v.string(), v.regex(/^[\w-]{1,100}$/))), null),
    to: v.fallback(v.array(v.string()), []),
    tags: v.fallback(Tags, {}),
    bounce: v.fallback(v.object({ type: v.string() }), { type: '' }),
  }),
})

/** What Resend tells of a letter, in our words. `address` only where it tells what to do with it. */
export type Report = {
  type: string
  happenedAt: Date
  messageId: string | null
  providerId: string | null
  state: MessageState | null
  suppress: { address: string; scope: 'all' | 'marketing'; reason: 'hard-bounce' | 'complaint' } | null
}

const states: Record<string, MessageState> = {
  'email.sent': 'sent',
  'email.delivered': 'delivered',
  'email.bounced': 'bounced',
  'email.complained': 'complained',
  'email.failed': 'failed',
  'email.suppressed': 'failed',
}

export const readReport = (body: string, now: Date): Report | undefined => {
  const event = v.safeParse(Event, readJson(body))
  if (!event.success) return undefined
  const { type, created_at, data } = event.output
  const happened = new Date(created_at)
  return {
    type,
    happenedAt: Number.isNaN(happened.getTime()) ? now : happened,
    messageId: v.is(Id, data.tags.message_id) ? data.tags.message_id : null,
    providerId: data.email_id,
    state: states[type] ?? null,
    suppress: suppressionOf(type, data),
  }
}

const readJson = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** Only a letter to one address says whose trouble it is. */
const suppressionOf = (
  type: string,
  { to, bounce }: { to: string[]; bounce: { type: string } },
): Report['suppress'] => {
  const address = v.safeParse(Email, to.length === 1 ? to[0] : undefined)
  if (!address.success) return null
  if (type === 'email.bounced' && bounce.type === 'Permanent')
    return { address: address.output, scope: 'all', reason: 'hard-bounce' }
  if (type === 'email.complained') return { address: address.output, scope: 'marketing', reason: 'complaint' }
  return null
}
