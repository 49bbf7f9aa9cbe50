import type { SeededRandom } from '../../../stack/prove/random.ts'
import type { GatewayProcess } from '../../stand/gateways.ts'
import { callGateway } from './gateway-call.ts'

type Got = { topic: string; partition: number; offset: number; key: string; value: string }
/** `askedAt` is when the poll began that brought it. */
export type Handled = Got & { askedAt: number; at: number; reader: string }
export type Committed = { partition: number; offset: number; at: number }

export type Readers = {
  /** In the order in which readers had them. */
  handled: Handled[]
  /** With an answer of 200, in the order of the answers. */
  committed: Committed[]
  start: (name: string) => Reader
  stop: () => Promise<void>
}
export type Reader = {
  name: string
  stop: () => Promise<void> /** Without a word to the gateway. */
  vanish: () => Promise<void>
}
type Options = {
  gateways: GatewayProcess[]
  authorization: string
  topic: string
  group: string
  random: SeededRandom
}

const headers = { 'Kafka-Enable-Auto-Commit': 'false', 'Kafka-Auto-Offset-Reset': 'earliest' }

/** Each polls at any gateway, takes what it gets as handled, and commits at any gateway. */
export const startReaders = ({ gateways, authorization, topic, group, random }: Options): Readers => {
  const handled: Handled[] = []
  const committed: Committed[] = []
  const living = new Set<Reader>()

  const call = (path: string, body: unknown) => {
    const gateway = gateways[random.below(gateways.length)]
    return gateway ? callGateway(gateway, authorization, path, body, headers) : Promise.resolve(undefined)
  }

  const round = async (name: string): Promise<boolean> => {
    const askedAt = performance.now()
    const answer = await call(`/consume/${group}/${name}`, { topic, timeout: 500 })
    if (answer?.status !== 200) return false
    const messages = answer.body as Got[]
    const at = performance.now()
    for (const message of messages) handled.push({ ...message, askedAt, at, reader: name })
    const next = new Map(messages.map(({ partition, offset }) => [partition, offset + 1]))
    if (next.size === 0) return true
    const offsets = [...next].map(([partition, offset]) => ({ topic, partition, offset }))
    if ((await call(`/commit/${group}/${name}`, offsets))?.status === 200)
      for (const [partition, offset] of next) committed.push({ partition, offset, at: performance.now() })
    return true
  }

  const start = (name: string): Reader => {
    let running = true
    const loop = async () => {
      while (running) if (!(await round(name))) await Bun.sleep(100)
    }
    const working = loop()
    const vanish = async () => {
      running = false
      living.delete(reader)
      await working
    }
    const stop = async () => {
      await vanish()
      await call(`/delete-consumer/${group}/${name}`, {})
    }
    const reader: Reader = { name, vanish, stop }
    living.add(reader)
    return reader
  }
  return {
    handled,
    committed,
    start,
    stop: async () => {
      await Promise.all([...living].map(({ vanish }) => vanish()))
    },
  }
}
