import { parseInput } from '@kontora/service'
import { Hono } from 'hono'
import * as v from 'valibot'
import { type Env, known } from '../credentials/known.ts'
import { call, methods } from '../http/call.ts'
import { readText } from '../http/read-body.ts'
import { MessageText, OneMetadata, TopicName } from '../http/schema.ts'
import { ownHeaders } from '../http/webhook-headers.ts'
import { produceMessages } from './produce-messages.ts'
import { checkMessages } from './read-messages.ts'

const Query = v.object({ topic: TopicName, key: v.optional(MessageText) })

const Documented = v.object({ ...Query.entries, user: v.optional(v.string()), pass: v.optional(v.string()) })

/** For senders who can be told an address and nothing else: what they send is the value, their own headers its headers. */
export const webhook = new Hono<Env>().on(
  methods,
  '/webhook',
  call(
    'Write the body as it is, with the request headers that are no standard ones; ?topic=, and ?user= and ?pass= where Basic cannot be sent',
    OneMetadata,
    undefined,
    { query: Documented },
  ),
  known({ inQuery: true }),
  async (c) => {
    const { topic, key } = parseInput(Query, c.req.query(), 'query')
    const message = { topic, key, value: await readText(c.req), headers: ownHeaders(c.req.header()) }
    const [stored] = await produceMessages(
      c.env,
      c.var.credential,
      checkMessages([message], false, c.env.settings),
    )
    return c.json(stored)
  },
)
