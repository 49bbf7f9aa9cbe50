import type { ConsumerGroup, Member } from '../log/message-log.ts'
import type { Peer, Registry } from './registry.ts'

/** What a gateway knows of answers that it passed on for another. */
type PassedOn = { callId: string; signal: AbortSignal }

export type Peers = Registry & {
  /** Whether the answer that this gateway passed on reached the caller. A gateway that is gone passed nothing on. */
  hasArrived: (gateway: string, callId: string) => Promise<boolean>
  /** Asks another for what only it knows; undefined when it does not answer. */
  ask: <Answer>(peer: Peer, path: string, body?: unknown) => Promise<Answer | undefined>
  /** Instances that live at the others. */
  consumers: () => Promise<ConsumerGroup[]>
  /** An answer is passed on to a caller: he got it unless he hung up. */
  passesOn: (member: Member, callId: string, signal: AbortSignal) => void
  passedOnLast: (member: Member) => { callId: string; arrived: boolean } | undefined
  knows: (callId: string) => boolean | undefined
  learn: (callId: string, arrived: boolean) => void
}

const answerMs = 2000
const mostKept = 20_000

const keyOf = ({ group, instance }: Member) => JSON.stringify([group, instance])

/** The oldest goes when there are too many. */
const put = <Value>(map: Map<string, Value>, key: string, value: Value): void => {
  map.delete(key)
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > mostKept && oldest !== undefined) map.delete(oldest)
}

export const createPeers = (registry: Registry): Peers => {
  const passedOn = new Map<string, AbortSignal>()
  const lastOf = new Map<string, PassedOn>()
  const learned = new Map<string, boolean>()

  const ask = async <Answer>(peer: Peer, path: string, body?: unknown): Promise<Answer | undefined> => {
    try {
      const response = await fetch(`${peer.url}/peers/${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${peer.token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body ?? {}),
        signal: AbortSignal.timeout(answerMs),
      })
      return response.ok ? ((await response.json()) as Answer) : undefined
    } catch {
      return undefined
    }
  }
  const knows = (callId: string): boolean | undefined => {
    const signal = passedOn.get(callId)
    return signal && !signal.aborted
  }

  return {
    ...registry,
    ask,
    knows,
    learn: (callId, arrived) => put(learned, callId, arrived),
    hasArrived: async (gateway, callId) => {
      const told = learned.get(callId)
      if (told !== undefined) return told
      const peer = registry.find(gateway)
      const answer = peer && (await ask<{ arrived: boolean }>(peer, 'passed-on', { callId }))
      return answer?.arrived === true
    },
    consumers: async () => {
      const answers = await Promise.all(
        registry.others().map((peer) => ask<ConsumerGroup[]>(peer, 'consumers')),
      )
      return answers.flatMap((groups) => groups ?? [])
    },
    passesOn: (member, callId, signal) => {
      put(passedOn, callId, signal)
      put(lastOf, keyOf(member), { callId, signal })
    },
    passedOnLast: (member) => {
      const last = lastOf.get(keyOf(member))
      return last && { callId: last.callId, arrived: !last.signal.aborted }
    },
  }
}
