import { may } from '@kontora/access'
import { describe, PageOf, pageFields, pageOf, validate } from '@kontora/service'
import { Id } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { messageStates } from './message.ts'

const Time = v.nullable(v.pipe(v.string(), v.isoTimestamp()))

/** Ids, kinds, states and times: who may read of letters does not read letters. */
const Message = v.object({
  id: Id,
  kind: v.string(),
  userId: v.nullable(Id),
  state: v.picklist(messageStates),
  createdAt: Time,
  sentAt: Time,
  settledAt: Time,
})
const Query = v.strictObject({ userId: v.optional(Id), ...pageFields })

type Row = Pick<v.InferOutput<typeof Message>, 'id' | 'kind' | 'userId' | 'state'> & {
  createdAt: Date
  sentAt: Date | null
  settledAt: Date | null
}

export const messages = new Hono<{ Bindings: Resources }>().get(
  '/',
  describe('Messages, the newest first', { 200: PageOf(Message) }),
  may('message:read'),
  validate('query', Query),
  async (c) => {
    const { userId = null, limit, cursor = null } = c.req.valid('query')
    const rows = await c.env.sql<Row[]>`
      select id, kind, user_id, state, created_at, sent_at, settled_at from messages
      where (${userId}::uuid is null or user_id = ${userId}) and (${cursor}::uuid is null or id < ${cursor})
      order by id desc limit ${limit + 1}`
    return c.json(pageOf(rows, limit, ({ id }) => id))
  },
)
