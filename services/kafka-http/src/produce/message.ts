import * as v from 'valibot'
import { MessageText, Partition, storable, Timestamp, TopicName, topicName } from '../http/schema.ts'

const Header = v.object({ key: MessageText, value: MessageText })
/** `null` is what some clients send for nothing. */
const fields = {
  topic: TopicName,
  partition: v.nullish(Partition),
  timestamp: v.nullish(Timestamp),
  key: v.nullish(MessageText),
  headers: v.nullish(v.array(Header)),
}
/** The contract of a message. Without a value there is none: the client sends `undefined` as nothing at all. */
export const AnyMessage = v.object({ ...fields, value: MessageText })
/** For who says `Kafka-Tombstones: true`: null deletes the key in a compacted topic. */
export const AnyMessageOrTombstone = v.object({ ...fields, value: v.nullable(MessageText) })
export type AnyMessage = v.InferOutput<typeof AnyMessageOrTombstone>

type Unknown = Record<string, unknown>

const isObject = (one: unknown): one is Unknown =>
  typeof one === 'object' && one !== null && !Array.isArray(one)
const isText = (one: unknown): boolean => typeof one === 'string' && storable(one)
const isWhole = (one: unknown, most: number): boolean =>
  typeof one === 'number' && Number.isSafeInteger(one) && one >= 0 && one <= most
const isNothing = (one: unknown): boolean => one === undefined || one === null
const isHeader = (one: unknown): boolean => isObject(one) && isText(one.key) && isText(one.value)

/** Says in a tenth of the time what the schema says (a test holds both together); the schema tells what is wrong. */
export const isMessage = (one: unknown, tombstones: boolean): one is AnyMessage =>
  isObject(one) &&
  typeof one.topic === 'string' &&
  topicName.test(one.topic) &&
  (isText(one.value) || (tombstones && one.value === null)) &&
  (isNothing(one.key) || isText(one.key)) &&
  (isNothing(one.partition) || isWhole(one.partition, 2 ** 31 - 1)) &&
  (isNothing(one.timestamp) || isWhole(one.timestamp, Number.MAX_SAFE_INTEGER)) &&
  (isNothing(one.headers) || (Array.isArray(one.headers) && one.headers.every(isHeader)))

const encoder = new TextEncoder()
const sizeOf = ({ key, value, headers }: AnyMessage): number =>
  [key ?? '', value ?? '', ...(headers ?? []).flatMap((each) => [each.key, each.value])].reduce(
    (bytes, text) => bytes + encoder.encode(text).byteLength,
    0,
  )

/** Key, value and headers together. A UTF-16 unit is at most three bytes, so most texts need not be encoded. */
export const isLarger = (message: AnyMessage, mostBytes: number): boolean => {
  let units = (message.key?.length ?? 0) + (message.value?.length ?? 0)
  for (const { key, value } of message.headers ?? []) units += key.length + value.length
  return units * 3 > mostBytes && sizeOf(message) > mostBytes
}
