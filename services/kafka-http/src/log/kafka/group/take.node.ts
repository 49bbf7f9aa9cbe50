import { type Message, mostBytes } from '../../message-log.ts'
import { type Held, isUnproven, stopReading } from './held.node.ts'

/** Partition after partition; who comes first changes with each call, so that a long backlog hides no other partition. */
export const takeMessages = (partitions: Held[], turn: number, most: number): Message[] => {
  const first = partitions.length > 0 ? turn % partitions.length : 0
  const messages: Message[] = []
  let bytes = 0
  let fault: unknown
  for (const held of [...partitions.slice(first), ...partitions.slice(0, first)]) {
    if (!held.reader || held.leaving || messages.length >= most || bytes >= mostBytes) continue
    try {
      const taken = takeFrom(held, held.reader, most - messages.length, mostBytes - bytes)
      for (const { value, key } of taken) bytes += (value?.length ?? 0) + key.length + 64
      for (const message of taken) messages.push(message)
    } catch (error) {
      fault ??= error
      // It is fetched anew by the next call, and mended then where the fault lay on the way.
      stopReading(held)
    }
  }
  // The others go on: a partition that cannot be read is told when there is nothing else to tell.
  if (messages.length === 0 && fault !== undefined) throw fault
  return messages
}

const takeFrom = (
  held: Held,
  reader: NonNullable<Held['reader']>,
  most: number,
  mostBytes: number,
): Message[] => {
  const wasProven = !isUnproven(held)
  const taken = reader.take(most, mostBytes)
  held.answered = reader.position()
  // Only what nobody shall see was stepped over.
  if (taken.length === 0 && wasProven) held.proven = held.answered
  if (reader.isEmpty()) delete held.reader
  return taken
}
