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

/** Behind the last message of each partition. Looked for in the text, which is a tenth of the work of parsing it. */
const behind = (body: Uint8Array, topic: string): { messages: number; places: Place[] } => {
  const places = new Map<string, Place>()
  let messages = 0
  for (const [, partition = '', offset] of Buffer.from(body.buffer, body.byteOffset, body.length)
    .toString('latin1')
    .matchAll(/"partition":(\d+),"offset":(\d+)/g)) {
    places.set(partition, { topic, partition: Number(partition), offset: Number(offset) + 1 })
    messages++
  }
  return { messages, places: [...places.values()] }
}

const memberOf = ({ group }: Load, i: number) => `${encodeURIComponent(group)}/instance-${i}`

const encodePoll = (load: Load, i: number, autoCommit: boolean) =>
  encodeRequest(
    load.url,
    `/consume/${memberOf(load, i)}`,
    JSON.stringify({ topic: load.topic, timeout: 1000 }),
    {
      'Kafka-Max-Poll-Records': String(load.batch),
      'Kafka-Enable-Auto-Commit': String(autoCommit),
      'Kafka-Auto-Offset-Reset': 'earliest',
    },
  )

/** Each poll commits what the last one brought, as the protocol does unless told otherwise. */
export const consumeSteps = async (load: Load): Promise<Step[]> => {
  const step = (connection: Connection, i: number) => {
    const poll = encodePoll(load, i, true)
    return async () => behind(check(await connection.ask(poll)), load.topic).messages
  }
  return (await connectAll(load)).map(step)
}

/** A poll, and the commit of what it brought in a call of its own. */
export const consumeApartSteps = async (load: Load): Promise<Step[]> => {
  const step = (connection: Connection, i: number) => {
    const poll = encodePoll(load, i, false)
    const commit = `/commit/${memberOf(load, i)}`
    return async () => {
      const { messages, places } = behind(check(await connection.ask(poll)), load.topic)
      if (messages > 0) check(await connection.ask(encodeRequest(load.url, commit, JSON.stringify(places))))
      return messages
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
