import type { SeededRandom } from '../../../stack/prove/random.ts'
import type { GatewayProcess } from '../../stand/gateways.ts'
import { callGateway } from './gateway-call.ts'

/** `acknowledged`: answered 200. `refused`: answered that nothing was written. `unknown`: neither. */
export type Written = Map<string, 'acknowledged' | 'refused' | 'unknown'>

export type Writers = {
  written: Written
  /** When an answer of 200 came, in ms of `performance.now()`. */
  answeredAt: number[]
  stop: () => Promise<void>
}
type Options = {
  gateways: GatewayProcess[]
  authorization: string
  topic: string
  writers: number
  random: SeededRandom
  pauseMs: number
}

const keysOfEach = 5
const mostInBatch = 20

/** Each sends every message once, the next batch after the last was answered; a message is `writer key number`. */
export const startWriters = ({
  gateways,
  authorization,
  topic,
  writers,
  random,
  pauseMs,
}: Options): Writers => {
  const written: Written = new Map()
  const answeredAt: number[] = []
  let running = true

  const write = async (writer: number): Promise<void> => {
    for (let number = 0; running; ) {
      const batch = Array.from({ length: 1 + random.below(mostInBatch) }, () => {
        const key = `${writer}-${random.below(keysOfEach)}`
        return { topic, key, value: `${writer} ${key} ${number++}` }
      })
      const gateway = gateways[random.below(gateways.length)]
      const answer = gateway && (await callGateway(gateway, authorization, '/produce', batch))
      const outcome = outcomeOf(answer)
      if (outcome === 'acknowledged') answeredAt.push(performance.now())
      for (const { value } of batch) written.set(value, outcome)
      await Bun.sleep(outcome === 'acknowledged' ? pauseMs : 100)
    }
  }
  const working = Array.from({ length: writers }, (_, writer) => write(writer))
  return {
    written,
    answeredAt,
    stop: async () => {
      running = false
      await Promise.all(working)
    },
  }
}

const outcomeOf = (answer: Awaited<ReturnType<typeof callGateway>>) => {
  if (answer?.status === 200) return 'acknowledged'
  const { error = '' } = (answer?.body ?? {}) as { error?: string }
  return error.includes('nothing was written') ? 'refused' : 'unknown'
}
