import { expect } from 'bun:test'
import type { Message, TopicPartitionOffset } from '../../log/message-log.ts'
import type { MoveStand } from './test-move.node.ts'

/** Writes and commits through two gateways, one after another of each, and knows what was acknowledged. */
export const startTraffic = ({ gateways, big: topic, member }: MoveStand) => {
  const [one, other] = gateways
  if (!one || !other) throw new Error('A stand has two gateways')
  const written: (TopicPartitionOffset & { value: string })[] = []
  let committed = -1
  let goesOn = true
  const pause = () => new Promise((resolve) => setTimeout(resolve, 2))
  const write = async (): Promise<void> => {
    for (let i = 0; goesOn; i++, await pause()) {
      const value = `traffic ${i}`
      const message = { topic, partition: i % 3, timestamp: Date.now(), key: 'k', value, headers: [] }
      const log = i % 2 === 0 ? one : other
      const stored = await log.append([message]).catch(() => [])
      for (const { offset } of stored) written.push({ topic, partition: i % 3, offset, value })
    }
  }
  const commit = async (): Promise<void> => {
    for (let offset = 0; goesOn; offset++, await pause()) {
      const log = offset % 2 === 0 ? one : other
      const done = log.commit(member('commits'), [{ topic, partition: 0, offset }])
      if (await done.catch(() => false)) committed = offset
    }
  }
  const working = Promise.all([write(), commit()])
  return {
    count: () => written.length,
    more: async (count = 60): Promise<void> => {
      for (const enough = written.length + count; written.length < enough; ) await pause()
    },
    stop: async () => {
      goesOn = false
      await working
      return { written, committed }
    },
  }
}

/** Each acknowledged one is there once, where it was said to be, and nothing of ours in between is missing or turned round. */
export const expectWhole = (messages: Message[], written: (TopicPartitionOffset & { value: string })[]) => {
  const ours = messages.filter(({ value }) => value?.startsWith('traffic '))
  const at = new Map(ours.map(({ value, partition, offset }) => [value, `${partition} ${offset}`]))
  expect(at.size).toBe(ours.length)
  const missing = written.filter(({ value, partition, offset }) => at.get(value) !== `${partition} ${offset}`)
  expect(missing).toEqual([])
  for (const inOne of Map.groupBy(ours, ({ partition }) => partition).values()) {
    const numbers = inOne.map(({ value }) => Number(value?.split(' ')[1]))
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
  }
  for (const inOne of Map.groupBy(messages, ({ topic, partition }) => `${topic}/${partition}`).values())
    expect(inOne.every(({ offset }, i) => i === 0 || offset === (inOne[i - 1]?.offset ?? 0) + 1)).toBe(true)
}
