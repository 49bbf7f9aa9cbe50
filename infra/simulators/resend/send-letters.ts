import type { Store } from '../frame/store.ts'
import { addEvent, type EventType } from './events.ts'
import { addLetter, bareAddress, type KeptLetter } from './letters.ts'
import type { Letter } from './read-letter.ts'

export type Sending = {
  now: Date
  idempotencyKey: string | null
  withAttachments: boolean
  /** Whether there is anybody to tell of the letters' fate. */
  withWebhook: boolean
}

/** Keeps the letters and what will be told of each, in the caller's transaction. */
export const sendLetters = (store: Store, letters: Letter[], sending: Sending): { id: string }[] =>
  letters.map((letter) => {
    const id = crypto.randomUUID()
    const { attachments, scheduled_at, template, ...fields } = letter
    const scheduled = scheduled_at ? new Date(scheduled_at) : undefined
    const fate = fateOf(letter.to)
    const kept: KeptLetter = {
      ...fields,
      id,
      createdAt: sending.now.toISOString(),
      scheduledAt: scheduled?.toISOString() ?? null,
      lastEvent: (fate.at(-1) ?? 'email.sent').replace('email.', ''),
      idempotencyKey: sending.idempotencyKey,
      template: template ?? null,
      attachments: sending.withAttachments ? attachments.map(describe) : [],
    }
    addLetter(store, kept)
    const sentAt = scheduled && scheduled > sending.now ? scheduled : sending.now
    if (sending.withWebhook)
      for (const [step, type] of fate.entries())
        addEvent(store, kept, type, new Date(sentAt.getTime() + step))
    return { id }
  })

const describe = (file: Letter['attachments'][number]): KeptLetter['attachments'][number] => ({
  filename: file.filename ?? null,
  path: 'path' in file ? file.path : null,
  base64Length: 'content' in file ? file.content.length : null,
})

/** Resend's magic addresses, also with a label (`bounced+any@resend.dev`); every other letter arrives. */
const fateOf = (to: string[]): EventType[] => {
  const magic = to.map((one) => /^([a-z]+)(?:\+[^@]*)?@resend\.dev$/.exec(bareAddress(one))?.[1])
  if (magic.includes('bounced')) return ['email.sent', 'email.bounced']
  if (magic.includes('complained')) return ['email.sent', 'email.delivered', 'email.complained']
  return ['email.sent', 'email.delivered']
}
