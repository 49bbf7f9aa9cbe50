import { topic } from '../stand.ts'
import type { Book } from './book.ts'
import { call, type Message } from './call.ts'

export type Consumer = {
  group: string
  name: string
  sessionMs: number
  pick: () => string
  /** False: it vanishes wherever it is, also between an answer and its commit. */
  isAlive: () => boolean
  /** False: it says goodbye after its next commit. */
  stays: () => boolean
}

/** As Upstash's users do it: poll, work, commit, each call wherever it lands; a failed one again. Starts from what is committed. */
export const consume = async (book: Book, consumer: Consumer): Promise<void> => {
  const { group, name, sessionMs, pick, isAlive, stays } = consumer
  const member = `${group}/${name}`
  const headers = {
    'Kafka-Enable-Auto-Commit': 'false',
    'Kafka-Auto-Offset-Reset': 'earliest',
    'Kafka-Session-Timeout-Ms': `${sessionMs}`,
  }
  const goodbye = () => untilAnswered(consumer, `/delete-consumer/${member}`)
  await goodbye()
  while (isAlive() && stays()) {
    const committedBefore = new Map(book.committed)
    const { status, body } = await call(pick(), `/consume/${member}`, { topic, timeout: 500 }, headers)
    if (!isAlive()) return
    if (status !== 200) await Bun.sleep(30)
    else if ((body as Message[]).length > 0) {
      book.deliver(body as Message[], committedBefore)
      const offsets = behind(body as Message[])
      if ((await untilAnswered(consumer, `/commit/${member}`, offsets)) === 200) book.commit(offsets)
    }
  }
  if (isAlive()) await goodbye()
}

/** That there is no such instance, or that it has lost what it commits, are answers too. */
const answers = [200, 404, 409]

const untilAnswered = async (
  { pick, isAlive }: Consumer,
  path: string,
  body?: unknown,
): Promise<number | undefined> => {
  while (isAlive()) {
    const { status } = await call(pick(), path, body)
    if (answers.includes(status)) return status
    await Bun.sleep(30)
  }
  return undefined
}

const behind = (messages: Message[]): { topic: string; partition: number; offset: number }[] => {
  const last = new Map(messages.map(({ partition, offset }) => [partition, offset + 1]))
  return [...last].map(([partition, offset]) => ({ topic, partition, offset }))
}
