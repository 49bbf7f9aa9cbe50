import { transaction } from '@kontora/postgres'
import { Id, Name, Text } from '@kontora/validation'
import * as v from 'valibot'
import { queueMessages } from '../messages/queue-message.ts'
import type { Resources } from '../resources.ts'

/** As many characters as stay below the 100 KB that mail services show, when each is escaped. */
const mostCharacters = 15_000

export const MailingRequest = v.strictObject({
  subject: Name(200),
  text: Text(mostCharacters),
  userIds: v.pipe(v.array(Id), v.minLength(1), v.maxLength(100)),
})
export type MailingRequest = v.InferOutput<typeof MailingRequest>

/** A person named twice is written to once. */
export const startMailing = (
  resources: Resources,
  user: { id: string },
  { subject, text, userIds }: MailingRequest,
): Promise<{ mailingId: string; recipients: number }> =>
  transaction(resources.sql, async (tx) => {
    const mailingId = resources.newId()
    const recipients = [...new Set(userIds)]
    await tx`
      insert into mailings ${tx({ id: mailingId, subject, text, createdBy: user.id, createdAt: resources.now() })}`
    const content = { kind: 'mailing' as const, subject, text }
    await queueMessages({ ...resources, sql: tx }, null, { userIds: recipients, content, mailingId })
    return { mailingId, recipients: recipients.length }
  })
