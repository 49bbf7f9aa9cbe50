import { createAPI, produceV11, type Reader, Writer } from '@platformatic/kafka/core'

export type PartitionBatch = { topic: string; partition: number; records: Buffer }
export type PartitionAnswer = {
  topic: string
  partition: number
  errorCode: number
  baseOffset: number
  appendedAt: number
}

const acksAll = -1
const brokerTimeoutMs = 4000

const createRequest = (batches: PartitionBatch[]): Writer => {
  const topics = [...Map.groupBy(batches, ({ topic }) => topic)]
  return Writer.create()
    .appendString(null)
    .appendInt16(acksAll)
    .appendInt32(brokerTimeoutMs)
    .appendArray(topics, (topics, [topic, partitions]) => {
      topics.appendString(topic).appendArray(partitions, (writer, { partition, records }) => {
        writer
          .appendInt32(partition)
          .appendUnsignedVarInt(records.length + 1)
          .append(records)
      })
    })
    .appendTaggedFields()
}

/** The library throws when one partition fails, although others were written; here each has its own answer. */
const parseResponse = (
  correlation: number,
  key: number,
  version: number,
  reader: Reader,
): PartitionAnswer[] => {
  const { responses } = parseLeniently(correlation, key, version, reader)
  return responses.flatMap(({ name, partitionResponses }) =>
    partitionResponses.map(({ index, errorCode, baseOffset, logAppendTimeMs }) => ({
      topic: name,
      partition: index,
      errorCode,
      baseOffset: Number(baseOffset),
      appendedAt: Number(logAppendTimeMs),
    })),
  )
}

type Response = ReturnType<typeof produceV11.parseResponse>

const parseLeniently = (...given: Parameters<typeof produceV11.parseResponse>): Response => {
  try {
    return produceV11.parseResponse(...given)
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'response' in error) return error.response as Response
    throw error
  }
}

/** Produce v11 of whole batches; acks of all in-sync replicas. */
export const produce = createAPI<[PartitionBatch[]], PartitionAnswer[]>(0, 11, createRequest, parseResponse)
