import type { TopicPartitionOffset } from '../../message-log.ts'
import type { Cluster } from '../cluster/cluster.node.ts'
import { KafkaAway } from '../cluster/faults.ts'
import { type Fetched, fetchRecords } from './fetch-api.node.ts'

export type Arrived = TopicPartitionOffset & { fetched: Fetched }
/** `arrived` hears of records or of an error; `nothing` that there is none yet. */
type Waiter = { arrived: (arrived: Arrived) => void; nothing: () => void }
/** Everybody who waits at one place of the log shares one fetch of it. */
type Place = TopicPartitionOffset & {
  waiters: Set<Waiter>
  /** Who has not heard yet whether there is something now. */
  unsure: Set<Waiter>
  covered: boolean
}

export type Fetcher = {
  /** Calls when there is something at one of these places, until it is let go. */
  wait: (places: TopicPartitionOffset[], waiter: Waiter) => () => void
  /** This process wrote to these topics: whoever waits there looks at once. */
  nudge: (topics: Set<string>) => void
  close: () => void
}

/** How long a broker holds an empty fetch; so late is noticed at most what was asked for while all lanes are busy. */
const longMs = 400
const longLanes = 3
const mostPlaces = 2000
const pauseMs = 150

export const nameOf = ({ topic, partition, offset }: TopicPartitionOffset) =>
  `${offset}/${partition}/${topic}`

/**
 * Long polls without a request each. A new place is asked for at once, with all others that are new; where there is nothing,
 * it joins those that a few long fetches cover together.
 */
export const createFetcher = (cluster: Cluster): Fetcher => {
  const places = new Map<string, Place>()
  const probing = new Set<number>()
  const lanes = new Map<string, boolean>()
  let scheduled = false
  let closed = false

  const byLeader = async (wanted: (place: Place) => boolean): Promise<Map<number, Place[]>> => {
    const { topics } = await cluster.metadata()
    const chosen = [...places.values()].filter(wanted)
    return Map.groupBy(chosen, ({ topic, partition }) => topics.get(topic)?.leaders[partition] ?? -1)
  }

  /** Answers with those that are as unsure as before; undefined when there was no answer. */
  const ask = async (node: number, request: Place[], lane: string, waitMs: number) => {
    try {
      const { brokers, topics } = await cluster.metadata()
      const address = brokers.get(node)
      if (!address) throw new KafkaAway('The partition has no leader')
      const asked = request.flatMap(({ topic, partition, offset }) => {
        const topicId = topics.get(topic)?.id
        return topicId === undefined ? [] : [{ topicId, partition, offset }]
      })
      const connection = await cluster.links.at(address, lane)
      const answers = await fetchRecords.async(connection, { places: asked, waitMs })
      return deliver(request, answers, (await cluster.metadata()).topicsById)
    } catch {
      await cluster.metadata(true).catch(() => {})
      await pause()
      return undefined
    }
  }

  const deliver = (request: Place[], answers: Fetched[], topicsById: Map<string, { name: string }>) => {
    const asked = new Map(request.map((place) => [`${place.partition}/${place.topic}`, place]))
    const crowdedOut = new Set<Place>()
    for (const fetched of answers) {
      const place = asked.get(`${fetched.partition}/${topicsById.get(fetched.topicId)?.name}`)
      if (place && isCrowdedOut(place, fetched)) crowdedOut.add(place)
      const isNews = fetched.records.length > 0 || fetched.errorCode === offsetOutOfRange
      if (isLeaderGone(fetched.errorCode)) void cluster.metadata(true).catch(() => {})
      // Whoever waits there by now, for somebody may have come or gone meanwhile.
      const waiting = place && places.get(nameOf(place))
      if (!waiting || !isNews) continue
      places.delete(nameOf(waiting))
      const { topic, partition, offset } = waiting
      for (const { arrived } of waiting.waiters) arrived({ topic, partition, offset, fetched })
    }
    // By nobody, if there was nothing else: to ask again at once would go on without end.
    return answers.some(({ records }) => records.length > 0) ? crowdedOut : new Set<Place>()
  }

  const probe = async (node: number, chosen: Place[]): Promise<void> => {
    if (probing.has(node)) return
    probing.add(node)
    const request = onePerPartition(chosen)
    const asked = request.map((place) => [...place.unsure])
    const still = await ask(node, request, 'probe', 0)
    for (const [i, place] of request.entries())
      if (still && !still.has(place))
        for (const waiter of asked[i] ?? []) if (place.unsure.delete(waiter)) waiter.nothing()
    probing.delete(node)
    schedule()
  }

  const hold = async (node: number, chosen: Place[]): Promise<void> => {
    const lane = Array.from({ length: longLanes }, (_, i) => `wait-${i}`).find(
      (name) => !lanes.get(`${node} ${name}`),
    )
    if (!lane) return
    lanes.set(`${node} ${lane}`, true)
    const request = onePerPartition(chosen)
    for (const place of request) place.covered = true
    await ask(node, request, lane, longMs)
    for (const place of request) place.covered = false
    lanes.set(`${node} ${lane}`, false)
    schedule()
  }

  const turn = async (): Promise<void> => {
    scheduled = false
    if (closed || places.size === 0) return
    try {
      for (const [node, chosen] of await byLeader(({ unsure }) => unsure.size > 0)) void probe(node, chosen)
      for (const [node, chosen] of await byLeader(({ unsure, covered }) => unsure.size === 0 && !covered))
        void hold(node, chosen)
    } catch {
      await pause()
      schedule()
    }
  }
  const schedule = (): void => {
    if (!scheduled) setImmediate(() => void turn())
    scheduled = true
  }

  return {
    wait: (wanted, waiter) => {
      const mine = wanted.map((each) => {
        const name = nameOf(each)
        const place = places.get(name) ?? { ...each, waiters: new Set(), unsure: new Set(), covered: false }
        places.set(name, place)
        place.waiters.add(waiter)
        place.unsure.add(waiter)
        return place
      })
      schedule()
      return () => {
        for (const place of mine) {
          place.waiters.delete(waiter)
          place.unsure.delete(waiter)
          if (place.waiters.size === 0 && places.get(nameOf(place)) === place) places.delete(nameOf(place))
        }
      }
    },
    nudge: (topics) => {
      let found = false
      for (const place of places.values())
        if (!place.covered && topics.has(place.topic)) {
          place.unsure = new Set(place.waiters)
          found = true
        }
      if (found) schedule()
    },
    close: () => {
      closed = true
    },
  }
}

/** A broker takes no two offsets of one partition in a request. */
const onePerPartition = (chosen: Place[]): Place[] => [
  ...new Map(
    chosen.slice(0, mostPlaces).map((place) => [`${place.partition}/${place.topic}`, place]),
  ).values(),
]

/** An answer has its bounds: what others were sent may have left no room. */
const isCrowdedOut = ({ offset }: Place, { errorCode, records, stableEnd }: Fetched): boolean =>
  errorCode === 0 && records.length === 0 && stableEnd > offset

const offsetOutOfRange = 1
/** UNKNOWN_TOPIC_OR_PARTITION, LEADER_NOT_AVAILABLE, NOT_LEADER_OR_FOLLOWER, epochs, UNKNOWN_TOPIC_ID, INCONSISTENT_TOPIC_ID. */
const isLeaderGone = (errorCode: number): boolean => [3, 5, 6, 74, 75, 100, 103].includes(errorCode)

const pause = () => new Promise<void>((resolve) => setTimeout(resolve, pauseMs))
