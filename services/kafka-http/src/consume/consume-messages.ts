import { parseInput } from '@kontora/service'
import type { Context } from 'hono'
import type * as v from 'valibot'
import { type Env, requireRight } from '../credentials/known.ts'
import { type ConsumeBody, ConsumeHeaders } from '../http/schema.ts'
import { requireTopics } from '../http/topics.ts'
import type { Member, Message } from '../log/message-log.ts'
import { sessionTimeoutOf } from '../settings.ts'
import { handOut } from './hand-out.ts'
import { waitOf } from './wait.ts'

const headerNames = Object.keys(ConsumeHeaders.entries)

/** The headers matter only to the call that makes the instance, but a wrong one is refused always. */
export const consumeMessages = async (
  c: Context<Env>,
  member: Member,
  body: v.InferOutput<typeof ConsumeBody>,
): Promise<Message[]> => {
  const given = Object.fromEntries(headerNames.map((name) => [name, c.req.header(name)]))
  const headers = parseInput(ConsumeHeaders, given, 'headers')
  const topics = [...new Set(body.topic ? [body.topic] : (body.topics ?? []))].sort()
  requireRight(c.var.credential, 'CONSUME', topics)
  await requireTopics(c.env, topics)
  const call = {
    ...member,
    topics,
    autoCommit: headers['kafka-enable-auto-commit'] === 'true',
    offsetReset: headers['kafka-auto-offset-reset'],
    most: headers['kafka-max-poll-records'],
    sessionTimeoutMs: sessionTimeoutOf(c.env.settings, member.group, headers['kafka-session-timeout-ms']),
  }
  return handOut(c.env, c.env.messages.consume(call, waitOf(c, body.timeout)))
}
