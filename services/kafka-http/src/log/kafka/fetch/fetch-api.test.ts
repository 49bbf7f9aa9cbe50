import { expect, test } from 'bun:test'
import { fetchV17, Reader, ResponseError, Writer } from '@platformatic/kafka'
import fc from 'fast-check'
import { encodeBatch, nearMessages } from '../test-messages.node.ts'
import { type Fetched, parseFetched } from './fetch-api.node.ts'

type Partition = Fetched & { hasTags: boolean }
const bytes = fc
  .array(nearMessages, { maxLength: 2 })
  .map((batches) => Buffer.concat(batches.map((each) => encodeBatch(each))))
const partition = fc.record({
  topicId: fc.constant(''),
  partition: fc.nat(1000),
  errorCode: fc.constantFrom(0, 0, 0, 1, 6, 100),
  stableEnd: fc.maxSafeNat(),
  aborted: fc.array(
    fc.record({
      producerId: fc.bigInt({ min: 0n, max: 2n ** 40n }),
      firstOffset: fc.bigInt({ min: 0n, max: 2n ** 60n }),
    }),
    { maxLength: 2 },
  ),
  records: bytes,
  hasTags: fc.boolean(),
})
const topic = fc
  .tuple(fc.uuid(), fc.array(partition, { maxLength: 3 }))
  .map(([topicId, partitions]) => ({ topicId, partitions: partitions.map((each) => ({ ...each, topicId })) }))
const topics = fc.array(topic, { maxLength: 3 })

/** One of KIP-595's tags, which this gateway has no use for: the partition's leader. */
const writeTags = (writer: Writer, hasTags: boolean): void => {
  if (hasTags) writer.appendUnsignedVarInt(1).appendUnsignedVarInt(1).appendUnsignedVarInt(8)
  if (hasTags) writer.appendInt32(3).appendInt32(7)
  else writer.appendTaggedFields()
}
const writePartition = (
  writer: Writer,
  { partition, errorCode, stableEnd, aborted, records, hasTags }: Partition,
): void => {
  writer.appendInt32(partition).appendInt16(errorCode)
  writer.appendInt64(90n).appendInt64(BigInt(stableEnd)).appendInt64(1n)
  writer.appendArray(aborted, (to, { producerId, firstOffset }) => {
    to.appendInt64(producerId).appendInt64(firstOffset)
  })
  writer.appendInt32(-1)
  writer.appendUnsignedVarInt(records.length + 1).append(records)
  writeTags(writer, hasTags)
}
const answerOf = (given: { topicId: string; partitions: Partition[] }[], errorCode = 0): Buffer =>
  Writer.create()
    .appendInt32(0)
    .appendInt16(errorCode)
    .appendInt32(0)
    .appendArray(given, (writer, { topicId, partitions }) => {
      writer.appendUUID(topicId).appendArray(partitions, writePartition, true, false)
    })
    .appendTaggedFields().buffer

const read = (answer: Buffer): Fetched[] => parseFetched(0, 1, 17, Reader.from(answer))

type Answer = ReturnType<typeof fetchV17.parseResponse>
/** The library tells a partition's fault by throwing, with all that it read. */
const readByLibrary = (answer: Buffer): Answer => {
  try {
    return fetchV17.parseResponse(0, 1, 17, Reader.from(answer))
  } catch (error) {
    if (error instanceof ResponseError) return error.response as Answer
    throw error
  }
}

test('an answer is read as the library reads it, the partitions with a fault beside those without', () => {
  fc.assert(
    fc.property(topics, (given) => {
      const answer = answerOf(given)
      const found = read(answer)
      const partitions = given.flatMap((each) => each.partitions)
      expect(found).toEqual(partitions.map(({ hasTags, ...each }) => each))
      const theirs = readByLibrary(answer).responses.flatMap(({ topicId, partitions }) =>
        partitions.map(({ partitionIndex, errorCode, lastStableOffset, abortedTransactions }) => ({
          topicId,
          partition: partitionIndex,
          errorCode,
          stableEnd: Number(lastStableOffset),
          aborted: abortedTransactions,
        })),
      )
      expect(found.map(({ records, ...each }) => each)).toEqual(theirs as never)
    }),
  )
})

test('an answer that is cut anywhere is refused as a whole', () => {
  fc.assert(
    fc.property(topics, (given) => {
      const answer = answerOf(given)
      // The tags at its end are not read.
      for (let length = 0; length < answer.length - 1; length += 1 + Math.floor(answer.length / 300))
        expect(() => read(answer.subarray(0, length))).toThrow()
    }),
    { numRuns: 50 },
  )
})

test('a flipped bit neither lets it read beyond the end nor for ever', () => {
  fc.assert(
    fc.property(topics, fc.nat(), fc.nat(7), (given, place, bit) => {
      const answer = answerOf(given)
      const at = place % answer.length
      answer[at] = (answer[at] as number) ^ (1 << bit)
      const began = performance.now()
      try {
        for (const { records } of read(answer)) expect(records.length).toBeLessThan(answer.length)
      } catch {}
      expect(performance.now() - began).toBeLessThan(5000)
    }),
    { numRuns: 3000 },
  )
})

test('a fault of the whole answer is told as Kafka being away', () => {
  expect(() => read(answerOf([], 70))).toThrow('error 70')
})
