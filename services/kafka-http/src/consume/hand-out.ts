import type { Message } from '../log/message-log.ts'
import { countByTopic } from '../metrics/count-by-topic.ts'
import type { Resources } from '../resources.ts'

/** A poll or a fetch, counted while it waits and when it brought something. */
export const handOut = async ({ metrics }: Resources, poll: Promise<Message[]>): Promise<Message[]> => {
  const messages = await metrics.whileWaiting(poll)
  countByTopic(messages, metrics.consumed)
  return messages
}
