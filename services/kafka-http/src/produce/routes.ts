import { parseInput } from '@kontora/service'
import { Hono } from 'hono'
import * as v from 'valibot'
import { type Env, known } from '../credentials/known.ts'
import { call, methods } from '../http/call.ts'
import { readList } from '../http/read-body.ts'
import { AnyMessage, MessageText, Metadata } from '../http/schema.ts'
import { produceMessages } from './produce-messages.ts'

const Body = v.union([AnyMessage, v.array(AnyMessage)])
const BodyOfTopic = v.union([v.omit(AnyMessage, ['topic']), v.array(v.omit(AnyMessage, ['topic']))])
const Key = v.object({ key: v.optional(MessageText) })

export const produce = new Hono<Env>()
  .on(methods, '/', call('Write messages, all or none', Metadata, Body), known(), async (c) => {
    const messages = await readList(c.req, AnyMessage, { required: true })
    return c.json(await produceMessages(c.env, c.var.credential, messages))
  })
  .on(methods, '/:topic', call('Write messages to a topic', Metadata, BodyOfTopic), known(), async (c) => {
    const messages = await readList(c.req, AnyMessage, {
      required: true,
      more: { topic: c.req.param('topic') },
    })
    return c.json(await produceMessages(c.env, c.var.credential, messages))
  })
  .get('/:topic/:message', call('Write a message that stands in the path', Metadata), known(), async (c) => {
    const { key } = parseInput(Key, c.req.query(), 'query')
    const { topic, message: value } = c.req.param()
    const message = parseInput(AnyMessage, { topic, value, key }, 'path')
    const [stored] = await produceMessages(c.env, c.var.credential, [message])
    return c.json(stored)
  })
