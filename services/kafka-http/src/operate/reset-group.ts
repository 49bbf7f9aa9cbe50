import { Problem } from '@kontora/service'
import type { MessageLog, TopicPartitionOffset } from '../log/message-log.ts'

type Log = Pick<MessageLog, 'topics' | 'offsets' | 'resetGroup'>
/** A place in time, or offsets by partition; partitions that are not named stay where they are. */
export type ResetTarget = 'earliest' | 'latest' | Date | Map<number, number>

const wrong = (field: string, expected: string) =>
  new Problem('invalid-input', 'The group cannot be reset', { fields: { [field]: expected } })

const target = 'earliest, latest, a time such as 2026-11-26T10:00:00Z or partition:offset,…'
export const parseResetTarget = (text: string): ResetTarget => {
  if (text === 'earliest' || text === 'latest') return text
  if (/^\d{1,9}:\d{1,15}(,\d{1,9}:\d{1,15})*$/.test(text))
    return new Map(text.split(',').map((each) => each.split(':').map(Number) as [number, number]))
  const time = new Date(text)
  if (!/^\d{4}-\d{2}-\d{2}T/.test(text) || Number.isNaN(time.getTime())) throw wrong('to', target)
  return time
}

/** `force` takes living instances out of the group: they join anew, at their next call, where the group now stands. */
export const resetGroup = async (
  log: Log,
  { group, topic, to, force }: { group: string; topic: string; to: ResetTarget; force: boolean },
): Promise<TopicPartitionOffset[]> => {
  const count = (await log.topics()).get(topic)
  if (count === undefined) throw wrong('topic', 'one that exists')
  const offsets = await offsetsOf(log, topic, count, to)
  if (!(await log.resetGroup(group, offsets, force)))
    throw new Problem('conflict', 'The group has living instances; --force takes them out')
  return offsets
}

const offsetsOf = async (
  { offsets }: Log,
  topic: string,
  count: number,
  to: ResetTarget,
): Promise<TopicPartitionOffset[]> => {
  if (!(to instanceof Map)) {
    const partitions = Array.from({ length: count }, (_, partition) => ({ topic, partition }))
    return offsets(partitions, to instanceof Date ? to.getTime() : to)
  }
  const wished = [...to].map(([partition, offset]) => ({ topic, partition, offset }))
  if (wished.some(({ partition }) => partition >= count)) throw wrong('to', 'partitions that exist')
  const [firsts, ends] = [await offsets(wished, 'earliest'), await offsets(wished, 'latest')]
  const isHeld = ({ offset }: TopicPartitionOffset, i: number) =>
    offset >= (firsts[i]?.offset ?? 0) && offset <= (ends[i]?.offset ?? 0)
  if (!wished.every(isHeld)) throw wrong('to', 'offsets that the partition holds')
  return wished
}
