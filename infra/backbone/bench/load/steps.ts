import { type Connection, connect, encodeRequest } from './connection.ts'
import { makeBatches } from './messages.ts'
import type { Step } from './rounds.ts'

export type Load = { url: URL; topic: string; batch: number; connections: number; group: string }

const check = ({ status, body }: { status: number; body: Uint8Array }): Uint8Array => {
  if (status !== 200) throw new Error(`HTTP ${status}: ${Buffer.from(body).toString()}`)
  return body
}

const connectAll = ({ url, connections }: Load) =>
  Promise.all(Array.from({ length: connections }, () => connect(url)))

/** Different bodies for as many requests as take a while to come round. */
export const produceSteps = async (load: Load): Promise<Step[]> => {
  const { url, topic, batch } = load
  const batches = makeBatches(Math.max(64, Math.ceil(2000 / batch)), batch)
  const requests = batches.map((messages) =>
    encodeRequest(url, '/produce', JSON.stringify(messages.map((message) => ({ topic, ...message })))),
  )
  let next = 0
  const step = (connection: Connection) => async () => {
    const request = requests[next++ % requests.length]
    if (request) check(await connection.ask(request))
    return batch
  }
  return (await connectAll(load)).map(step)
}

type Place = { topic: string; partition: number; offset: number }

/** Behind the last message of each partition. */
const behind = (messages: Place[]): Place[] => {
  const places = new Map<string, Place>()
  for (const { topic, partition, offset } of messages)
    places.set(`${topic} ${partition}`, { topic, partition, offset: offset + 1 })
  return [...places.values()]
}

/** A poll and the commit of what it brought, for each instance of the group. */
export const consumeSteps = async (load: Load): Promise<Step[]> => {
  const { url, topic, batch, group } = load
  const step = (connection: Connection, i: number) => {
    const member = `${encodeURIComponent(group)}/instance-${i}`
    const poll = encodeRequest(url, `/consume/${member}`, JSON.stringify({ topic, timeout: 1000 }), {
      'Kafka-Max-Poll-Records': String(batch),
      'Kafka-Enable-Auto-Commit': 'false',
      'Kafka-Auto-Offset-Reset': 'earliest',
    })
    return async () => {
      const messages: Place[] = JSON.parse(Buffer.from(check(await connection.ask(poll))).toString())
      if (messages.length > 0)
        check(await connection.ask(encodeRequest(url, `/commit/${member}`, JSON.stringify(behind(messages)))))
      return messages.length
    }
  }
  return (await connectAll(load)).map(step)
}

/** Nothing comes: each instance asks again when its long poll ends. */
export const waitSteps = async (load: Load): Promise<Step[]> => {
  const { url, topic, group } = load
  const step = (connection: Connection, i: number) => {
    const member = `${group}-${Math.floor(i / 6)}/instance-${i % 6}`
    const poll = encodeRequest(url, `/consume/${member}`, JSON.stringify({ topic, timeout: 30_000 }))
    return async () => {
      check(await connection.ask(poll))
      return 1
    }
  }
  return (await connectAll(load)).map(step)
}
