import * as v from 'valibot'
import { mostMessages } from '../log/message-log.ts'

/** Postgres' text has no U+0000, and half a surrogate pair is no character of UTF-8. */
export const storable = (text: string): boolean => !text.includes('\u0000') && text.isWellFormed()
export const MessageText = v.pipe(
  v.string(),
  v.check(storable, 'text without U+0000 and without half surrogate pairs'),
)

export const topicName = /^[A-Za-z0-9._-]{1,249}$/
export const TopicName = v.pipe(v.string(), v.regex(topicName, 'up to 249 of A-Z a-z 0-9 . _ -'))

const plain = (text: string): boolean => text.isWellFormed() && !/\p{Cc}/u.test(text)
/** Names of groups and instances come decoded from the path. */
const GroupName = v.pipe(
  v.string(),
  v.check((text) => text.length > 0 && text.length <= 255 && plain(text), '1 to 255 printable characters'),
)

export const MemberPath = v.object({ group: GroupName, instance: GroupName })

const whole = (most: number) =>
  v.pipe(
    v.number(),
    v.check(
      (number) => Number.isSafeInteger(number) && number >= 0 && number <= most,
      `a whole number from 0 to ${most}`,
    ),
  )
export const Partition = whole(2 ** 31 - 1)
export const Offset = whole(Number.MAX_SAFE_INTEGER)
export const Timestamp = whole(Number.MAX_SAFE_INTEGER)
const Timeout = v.nullish(whole(2 ** 31 - 1))

export const OnePartition = v.object({ topic: TopicName, partition: Partition })
export const OneOffset = v.object({ topic: TopicName, partition: Partition, offset: Offset })

export const OneMetadata = v.object({
  topic: v.string(),
  partition: v.number(),
  offset: v.number(),
  timestamp: v.number(),
})
export const Metadata = v.array(OneMetadata)
export const Messages = v.array(
  v.object({
    topic: v.string(),
    partition: v.number(),
    offset: v.number(),
    timestamp: v.number(),
    key: v.string(),
    value: v.nullable(v.string()),
    headers: v.array(v.object({ key: v.string(), value: v.string() })),
  }),
)
export const Offsets = v.array(v.object({ topic: v.string(), partition: v.number(), offset: v.number() }))
export const Success = v.object({ result: v.literal('Success'), status: v.literal(200) })

/** Of a list in one request. */
export const mostItems = 50_000

const topics = v.pipe(v.array(TopicName), v.minLength(1), v.maxLength(1000))
export const ConsumeBody = v.pipe(
  v.object({ topic: v.nullish(TopicName), topics: v.nullish(topics), timeout: Timeout }),
  v.check(({ topic, topics }) => Boolean(topic) !== Boolean(topics), 'either topic or topics'),
)
export const FetchBody = v.pipe(
  v.object({
    topic: v.nullish(TopicName),
    partition: v.nullish(Partition),
    offset: v.nullish(Offset),
    topicPartitionOffsets: v.nullish(v.pipe(v.array(OneOffset), v.maxLength(mostItems))),
    timeout: Timeout,
  }),
  v.check(
    ({ topic, partition, offset }) =>
      typeof topic === 'string' ? typeof partition === 'number' && typeof offset === 'number' : true,
    'topic with partition and offset',
  ),
  v.check(
    ({ topic, topicPartitionOffsets }) => Boolean(topic) || Boolean(topicPartitionOffsets),
    'topic, partition and offset or topicPartitionOffsets',
  ),
)

/** Query and headers hold text. */
const WholeText = v.pipe(v.string(), v.regex(/^\d{1,15}$/, 'a whole number'), v.transform(Number))
export const TimeoutQuery = v.object({ timeout: v.optional(WholeText) })
export const ConsumeHeaders = v.object({
  'kafka-enable-auto-commit': v.optional(v.picklist(['true', 'false']), 'true'),
  'kafka-auto-commit-interval': v.optional(WholeText),
  'kafka-auto-offset-reset': v.optional(v.picklist(['earliest', 'latest', 'none']), 'latest'),
  'kafka-max-poll-records': v.optional(
    v.pipe(
      WholeText,
      v.check((count) => count >= 1 && count <= mostMessages, `1 to ${mostMessages}`),
    ),
    String(mostMessages),
  ),
  'kafka-session-timeout-ms': v.optional(
    v.pipe(
      WholeText,
      v.check((ms) => ms >= 1 && ms <= 86_400_000, '1 to 86400000'),
    ),
  ),
})
export const When = v.pipe(
  v.string(),
  v.regex(/^(earliest|latest|\d{1,15})$/, 'earliest, latest or ms since 1970'),
  v.transform((text) => (text === 'earliest' || text === 'latest' ? text : Number(text))),
)
