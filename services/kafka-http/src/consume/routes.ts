import { Problem, parseInput } from '@kontora/service'
import { Hono } from 'hono'
import * as v from 'valibot'
import { may } from '../credentials/credential.ts'
import { type Env, known, requireRight } from '../credentials/known.ts'
import { answerJson } from '../http/answer-json.ts'
import { call, methods } from '../http/call.ts'
import { readList, readObject } from '../http/read-body.ts'
import {
  ConsumeBody,
  FetchBody,
  Messages,
  Offsets,
  OneOffset,
  OnePartition,
  Success,
  TimeoutQuery,
} from '../http/schema.ts'
import { requirePartitions } from '../http/topics.ts'
import type { TopicPartitionOffset } from '../log/message-log.ts'
import { atHome } from './at-home.ts'
import { consumeMessages } from './consume-messages.ts'
import { handOut } from './hand-out.ts'
import { memberOf } from './member-of.ts'
import { waitOf } from './wait.ts'

const consumeHeaders = {
  'Kafka-Enable-Auto-Commit':
    'true or false; true when left out. By itself a call commits the answers before the last',
  'Kafka-Auto-Commit-Interval':
    'milliseconds; what arrived is committed by the next call, however long this is',
  'Kafka-Auto-Offset-Reset': 'earliest, latest or none, for a group without an offset; latest when left out',
  'Kafka-Session-Timeout-Ms': 'after how long without a call the instance is taken out',
  'Kafka-Max-Poll-Records': 'messages in one answer, at most',
}
const success = { result: 'Success', status: 200 } as const
/** A partition that is named twice is read once, from where it was named last. */
const lastOfEach = (offsets: TopicPartitionOffset[]): TopicPartitionOffset[] => [
  ...new Map(offsets.map((each) => [`${each.partition}/${each.topic}`, each])).values(),
]
const noInstance = () => new Problem('not-found', 'There is no such consumer instance')

export const consume = new Hono<Env>()
  .on(
    methods,
    ['/consume/:group/:instance', '/consume/:group/:instance/:topic'],
    call('Read on in a group; waits for messages', Messages, ConsumeBody, {
      headers: consumeHeaders,
      query: TimeoutQuery,
    }),
    known(),
    atHome(),
    async (c) => {
      const { topic, ...path } = c.req.param() as { topic?: string }
      const query = parseInput(TimeoutQuery, c.req.query(), 'query')
      const body = await readObject(c.req, ConsumeBody, { ...query, ...(topic !== undefined && { topic }) })
      return answerJson(await consumeMessages(c, memberOf(path), body))
    },
  )
  .on(
    methods,
    '/fetch',
    call(
      'Read from offsets on; waits for messages. Beyond the end it waits, before the first it begins at the first',
      Messages,
      FetchBody,
      { query: TimeoutQuery },
    ),
    known(),
    async (c) => {
      const query = parseInput(TimeoutQuery, c.req.query(), 'query')
      const { topic, partition, offset, topicPartitionOffsets, timeout } = await readObject(
        c.req,
        FetchBody,
        query,
      )
      const single = topic ? [{ topic, partition: partition ?? 0, offset: offset ?? 0 }] : []
      const from = lastOfEach([...single, ...(topicPartitionOffsets ?? [])])
      requireRight(
        c.var.credential,
        'CONSUME',
        from.map((each) => each.topic),
      )
      await requirePartitions(c.env, from)
      return answerJson(await handOut(c.env, c.env.messages.fetch(from, waitOf(c, timeout))))
    },
  )
  .on(
    methods,
    '/commit/:group/:instance',
    call(
      'Store where the group goes on; without offsets, after the last answer',
      Success,
      v.union([OneOffset, v.array(OneOffset)]),
    ),
    known(),
    atHome(),
    async (c) => {
      const member = memberOf(c.req.param())
      const offsets = await readList(c.req, OneOffset)
      requireRight(
        c.var.credential,
        'CONSUME',
        offsets.map(({ topic }) => topic),
      )
      await requirePartitions(c.env, offsets)
      if (!(await c.env.messages.commit(member, offsets))) throw noInstance()
      return c.json(success)
    },
  )
  .on(
    methods,
    '/committed/:group/:instance',
    call(
      'Where the group goes on; -1 where nothing is committed',
      Offsets,
      v.union([OnePartition, v.array(OnePartition)]),
    ),
    known(),
    async (c) => {
      const { group } = memberOf(c.req.param())
      const partitions = await readList(c.req, OnePartition)
      requireRight(
        c.var.credential,
        'CONSUME',
        partitions.map(({ topic }) => topic),
      )
      await requirePartitions(c.env, partitions)
      const committed = await c.env.messages.committed(group, partitions)
      return c.json(committed.filter(({ topic }) => may(c.var.credential, 'CONSUME', topic)))
    },
  )
  .on(
    ['POST', 'DELETE'],
    '/delete-consumer/:group/:instance',
    call('Take an instance out of its group', Success),
    known(),
    atHome(),
    async (c) => {
      const member = memberOf(c.req.param())
      const groups = await c.env.messages.consumers()
      const instance = groups
        .find(({ name }) => name === member.group)
        ?.instances.find(({ name }) => name === member.instance)
      if (!instance) throw noInstance()
      requireRight(
        c.var.credential,
        'CONSUME',
        instance.topics.map(({ topic }) => topic),
      )
      if (!(await c.env.messages.removeInstance(member))) throw noInstance()
      return c.json(success)
    },
  )
