import { parseInput } from '@kontora/service'
import { Hono } from 'hono'
import * as v from 'valibot'
import { may } from '../credentials/credential.ts'
import { type Env, known, requireRight } from '../credentials/known.ts'
import { call, methods } from '../http/call.ts'
import { readList } from '../http/read-body.ts'
import { Offsets, OnePartition, When } from '../http/schema.ts'
import { requirePartitions } from '../http/topics.ts'

const Consumers = v.array(
  v.object({
    name: v.string(),
    instances: v.array(
      v.object({
        name: v.string(),
        topics: v.array(v.object({ topic: v.string(), partitions: v.array(v.number()) })),
      }),
    ),
  }),
)
const Time = v.object({ timestamp: When })

export const admin = new Hono<Env>()
  .on(
    methods,
    '/topics',
    call('Topics and how many partitions each has', v.record(v.string(), v.number())),
    known(),
    async (c) => {
      const { credential } = c.var
      const topics = [...(await c.env.topics(true))].filter(
        ([topic]) => may(credential, 'PRODUCE', topic) || may(credential, 'CONSUME', topic),
      )
      return c.json(Object.fromEntries(topics))
    },
  )
  .on(
    methods,
    '/consumers',
    call('Groups, their living instances and what each reads', Consumers),
    known(),
    async (c) => {
      const groups = await c.env.messages.consumers()
      const visible = groups.map(({ name, instances }) => ({
        name,
        instances: instances.filter(({ topics }) =>
          topics.every(({ topic }) => may(c.var.credential, 'CONSUME', topic)),
        ),
      }))
      return c.json(visible.filter(({ instances }) => instances.length > 0))
    },
  )
  .on(
    methods,
    '/offsets/:timestamp',
    call('The first offset at or after a time', Offsets, v.union([OnePartition, v.array(OnePartition)])),
    known(),
    async (c) => {
      const { timestamp } = parseInput(Time, c.req.param(), 'path')
      const partitions = await readList(c.req, OnePartition)
      requireRight(
        c.var.credential,
        'CONSUME',
        partitions.map(({ topic }) => topic),
      )
      await requirePartitions(c.env, partitions)
      return c.json(await c.env.messages.offsets(partitions, timestamp))
    },
  )
