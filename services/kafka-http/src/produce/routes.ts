import { parseInput } from '@kontora/service'
import { Hono } from 'hono'
import * as v from 'valibot'
import { type Env, known } from '../credentials/known.ts'
import { answerJson } from '../http/answer-json.ts'
import { call, methods } from '../http/call.ts'
import { MessageText, Metadata, OneMetadata } from '../http/schema.ts'
import { AnyMessage } from './message.ts'
import { produceMessages } from './produce-messages.ts'
import { checkMessages, readMessages } from './read-messages.ts'

const Body = v.union([AnyMessage, v.array(AnyMessage)])
const BodyOfTopic = v.union([v.omit(AnyMessage, ['topic']), v.array(v.omit(AnyMessage, ['topic']))])
const Key = v.object({ key: v.optional(MessageText) })

const tombstones = { 'Kafka-Tombstones': 'true: a null value is taken, and deletes its key' }
const about =
  'Write messages, all or none. A null value (a tombstone) is taken only with the header Kafka-Tombstones: true'

export const produce = new Hono<Env>()
  .on(methods, '/', call(about, Metadata, Body, { headers: tombstones }), known(), async (c) => {
    const messages = await readMessages(c.req, c.env.settings)
    return answerJson(await produceMessages(c.env, c.var.credential, messages))
  })
  .on(
    methods,
    '/:topic',
    call('Write messages to a topic', Metadata, BodyOfTopic, { headers: tombstones }),
    known(),
    async (c) => {
      const messages = await readMessages(c.req, c.env.settings, c.req.param('topic'))
      return answerJson(await produceMessages(c.env, c.var.credential, messages))
    },
  )
  .on(
    methods,
    '/:topic/:message',
    call('Write a message that stands in the path', OneMetadata, undefined, { query: Key }),
    known(),
    async (c) => {
      const { key } = parseInput(Key, c.req.query(), 'query')
      const { topic, message: value } = c.req.param()
      const messages = checkMessages([{ topic, value, key }], false, c.env.settings)
      const [stored] = await produceMessages(c.env, c.var.credential, messages)
      return c.json(stored)
    },
  )
