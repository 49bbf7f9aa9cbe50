import type { Emitter } from '@kontora/events'
import { wakeJob } from '@kontora/jobs'
import { transaction } from '@kontora/postgres'
import { traceparent } from '@kontora/service'
import type { Resources } from '../resources.ts'
import type { LetterContent } from '../templates/letter-content.ts'
import { priorityOf } from './message.ts'

type QueueResources = Pick<Resources, 'sql' | 'now' | 'newId'>
type Queued = { userIds: string[]; content: LetterContent; mailingId?: string; aboutId?: string }

/** One message a person, without his address: that is asked for when the letter is frozen. */
export const queueMessages = ({ sql, now, newId }: QueueResources, _: Emitter | null, queued: Queued) =>
  transaction(sql, async (tx) => {
    const { userIds, content, mailingId = null, aboutId = null } = queued
    const time = now()
    const rows = userIds.map((userId) => ({
      id: newId(),
      kind: content.kind,
      priority: priorityOf(content.kind),
      userId,
      mailingId,
      aboutId,
      // A mailing's text is in its own row.
      content: tx.json(mailingId ? {} : content),
      state: 'waiting',
      attempts: 0,
      askAt: time,
      createdAt: time,
      traceparent: traceparent(),
    }))
    await tx`insert into messages ${tx(rows)}`
    wakeJob(tx, 'prepare-letters')
  })
