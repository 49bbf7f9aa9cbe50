import { type Message, mostBytes } from '../../message-log.ts'
import { type Held, isUnproven } from './held.node.ts'

/** Partition after partition; who comes first changes with each call, so that a long backlog hides no other partition. */
export const takeMessages = (partitions: Held[], turn: number, most: number): Message[] => {
  const first = partitions.length > 0 ? turn % partitions.length : 0
  const messages: Message[] = []
  let bytes = 0
  for (const held of [...partitions.slice(first), ...partitions.slice(0, first)]) {
    const { reader } = held
    if (!reader || held.leaving || messages.length >= most || bytes >= mostBytes) continue
    const wasProven = !isUnproven(held)
    const taken = reader.take(most - messages.length, mostBytes - bytes)
    for (const { value, key } of taken) bytes += (value?.length ?? 0) + key.length + 64
    for (const message of taken) messages.push(message)
    held.answered = reader.position()
    // Only what nobody shall see was stepped over.
    if (taken.length === 0 && wasProven) held.proven = held.answered
    if (reader.isEmpty()) delete held.reader
  }
  return messages
}
