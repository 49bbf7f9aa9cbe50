import { expect, test } from 'bun:test'
import type { NewMessage } from '../../message-log.ts'
import type { Cluster } from '../cluster/cluster.node.ts'
import { encodeBatch } from '../test-messages.node.ts'
import { fetchMessages } from './fetch-messages.node.ts'
import type { Fetcher } from './fetcher.node.ts'

const one: NewMessage = { topic: 't', partition: 0, timestamp: 5, key: 'k', value: 'v', headers: [] }
const aborted = [{ producerId: 7n, firstOffset: 0n }]
const hidden = (firstOffset: number) =>
  encodeBatch([one, one], { firstOffset, producerId: 7n, transactional: true })
const broken = (): Buffer => {
  const batch = encodeBatch([one])
  batch[65] = 255
  return batch
}

/** Answers as a broker would, one batch at a time; the key is `partition/offset`. */
const fetcherOf = (log: Record<string, Buffer>): Fetcher => ({
  wait: (places, { arrived, nothing }) => {
    for (const { topic, partition, offset } of places) {
      const records = log[`${partition}/${offset}`]
      const fetched = {
        topicId: topic,
        partition,
        errorCode: 0,
        stableEnd: 0,
        aborted,
        records: records ?? Buffer.alloc(0),
      }
      setTimeout(() => (records ? arrived({ topic, partition, offset, fetched }) : nothing()), 1)
    }
    return () => {}
  },
  nudge: () => {},
  close: () => {},
})
const cluster = {} as Cluster
const fetch = (log: Record<string, Buffer>, partitions: number[], timeoutMs: number) =>
  fetchMessages(
    cluster,
    fetcherOf(log),
    partitions.map((partition) => ({ topic: 't', partition, offset: 0 })),
    { timeoutMs, signal: new AbortController().signal },
  )

test('behind answers of nothing but what was aborted it reads on at once, and though it shall not wait', async () => {
  const log = { '0/0': hidden(0), '0/2': hidden(2), '0/4': encodeBatch([one], { firstOffset: 4 }) }
  for (const timeoutMs of [0, 60_000])
    expect((await fetch(log, [0, 1], timeoutMs)).map(({ offset }) => offset)).toEqual([4])
})

test('a partition that is broken is told when no other has anything', async () => {
  const both = await fetch({ '0/0': broken(), '1/0': encodeBatch([one]) }, [0, 1], 1000)
  expect(both.map(({ partition }) => partition)).toEqual([1])
  await expect(fetch({ '0/0': broken() }, [0, 1], 1000)).rejects.toThrow('t/0 is broken from offset 0 on')
})
