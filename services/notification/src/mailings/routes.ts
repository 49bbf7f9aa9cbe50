import { may } from '@kontora/access'
import { describe, idempotent, Problem, validate } from '@kontora/service'
import { Id } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import { type MessageState, messageStates } from '../messages/message.ts'
import type { Resources } from '../resources.ts'
import { MailingRequest, startMailing } from './start-mailing.ts'

const Started = v.object({ mailingId: Id, recipients: v.number() })
const Count = v.object(v.entriesFromList(messageStates, v.number()))
const Mailing = v.object({
  mailingId: Id,
  subject: v.string(),
  recipients: v.number(),
  createdAt: v.pipe(v.string(), v.isoTimestamp()),
  states: Count,
})

type Row = { subject: string; createdAt: Date }

export const mailings = new Hono<{ Bindings: Resources }>()
  .post(
    '/',
    describe('Writes the same to each of these people', { 202: Started }),
    may('mailing:send'),
    idempotent(),
    validate('json', MailingRequest),
    async (c) => c.json(await startMailing(c.env, c.var.user, c.req.valid('json')), 202),
  )
  .get(
    '/:id',
    describe('How far a mailing is', { 200: Mailing }, ['not-found']),
    may('mailing:send'),
    validate('param', v.strictObject({ id: Id })),
    async (c) => {
      const { id } = c.req.valid('param')
      const [mailing] = await c.env.sql<Row[]>`select subject, created_at from mailings where id = ${id}`
      if (!mailing) throw new Problem('not-found', 'No such mailing')
      const counts = await c.env.sql<{ state: MessageState; count: number }[]>`
        select state, count(*)::integer as count from messages where mailing_id = ${id} group by state`
      const none = Object.fromEntries(messageStates.map((state) => [state, 0]))
      const states = Object.assign(none, Object.fromEntries(counts.map(({ state, count }) => [state, count])))
      const recipients = counts.reduce((sum, { count }) => sum + count, 0)
      return c.json({ mailingId: id, ...mailing, recipients, states })
    },
  )
