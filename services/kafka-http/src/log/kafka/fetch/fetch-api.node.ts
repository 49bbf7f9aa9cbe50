import { createAPI, fetchV17, type Reader, readKnownTaggedFields } from '@platformatic/kafka/core'
import { KafkaAway } from '../cluster/faults.ts'

export type FetchPlace = { topicId: string; partition: number; offset: number }
export type Fetched = {
  topicId: string
  partition: number
  errorCode: number
  /** Behind what may be read; without an answer's records, more than was asked for tells that they found no room. */
  stableEnd: number
  aborted: { producerId: bigint; firstOffset: bigint }[]
  /** Whole batches as they lie in the log; the first may begin before the offset asked for, the last may be cut. */
  records: Buffer
}
export type FetchRequest = { places: FetchPlace[]; waitMs: number }

const readCommitted = 1
/** An answer of ours; a larger batch comes whole all the same. */
const partitionBytes = 1024 * 1024
const mostBytes = 8 * 1024 * 1024

const createRequest = ({ places, waitMs }: FetchRequest) => {
  const topics = [...Map.groupBy(places, ({ topicId }) => topicId)].map(([topicId, ofTopic]) => ({
    topicId,
    partitions: ofTopic.map(({ partition, offset }) => ({
      partition,
      fetchOffset: BigInt(offset),
      partitionMaxBytes: partitionBytes,
      currentLeaderEpoch: -1,
      lastFetchedEpoch: -1,
    })),
  }))
  // No session: session 0, epoch -1.
  return fetchV17.createRequest(waitMs, 1, mostBytes, readCommitted, 0, -1, topics, [], '')
}

const none = Buffer.alloc(0)

const readPartition = (reader: Reader, topicId: string): Fetched => {
  const partition = reader.readInt32()
  const errorCode = reader.readInt16()
  reader.skip(8)
  const stableEnd = Number(reader.readInt64())
  reader.skip(8)
  const aborted = reader.readNullableArray((each) => ({
    producerId: each.readInt64(),
    firstOffset: each.readInt64(),
  }))
  reader.skip(4)
  const size = Math.max(reader.readUnsignedVarInt() - 1, 0)
  const records = size === 0 ? none : reader.buffer.slice(reader.position, reader.position + size)
  reader.skip(size)
  readKnownTaggedFields(reader, {})
  return { topicId, partition, errorCode, stableEnd, aborted: aborted ?? [], records }
}

/** The library decodes every record of an answer at once, and throws when one partition fails: here neither. */
export const parseFetched = (
  _correlation: number,
  _key: number,
  _version: number,
  reader: Reader,
): Fetched[] => {
  reader.skip(4)
  const errorCode = reader.readInt16()
  reader.skip(4)
  if (errorCode !== 0) throw new KafkaAway(`Kafka refuses to read (error ${errorCode})`)
  return reader
    .readArray((topic) => {
      const topicId = topic.readUUID()
      return topic.readArray((partition) => readPartition(partition, topicId), true, false)
    })
    .flat()
}

/** Fetch v17 (KIP-516: topics by id), read committed. */
export const fetchRecords = createAPI<[FetchRequest], Fetched[]>(1, 17, createRequest, parseFetched)
