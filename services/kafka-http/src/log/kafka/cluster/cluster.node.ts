import { type Connection, findCoordinatorV6, metadataV12 } from '@platformatic/kafka/core'
import { isCoordinatorGone, KafkaAway } from './faults.ts'
import type { Address, Links } from './links.node.ts'

export type Topic = { name: string; id: string; leaders: number[] }
export type Metadata = {
  brokers: Map<number, Address>
  controller: number
  topics: Map<string, Topic>
  topicsById: Map<string, Topic>
}

export type Cluster = {
  links: Links
  /** What is known; asked for when nothing is. `fresh` asks again, all who ask at once share one question. */
  metadata: (fresh?: boolean) => Promise<Metadata>
  /** Asks a group's coordinator, which may have moved. */
  withCoordinator: <Result>(
    group: string,
    ask: (connection: Connection) => Promise<Result>,
  ) => Promise<Result>
  coordinatorOf: (group: string) => Promise<Address>
  forgetCoordinator: (group: string) => void
}

const tries = 3
const retryMs = 150
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

export const createCluster = (links: Links, bootstrap: Address[]): Cluster => {
  let known: Metadata | undefined
  let asking: Promise<Metadata> | undefined
  const coordinators = new Map<string, Address>()

  const anyBroker = async (): Promise<Connection> => {
    let fault: unknown
    for (const address of [...(known?.brokers.values() ?? []), ...bootstrap]) {
      try {
        return await links.at(address, 'meta')
      } catch (error) {
        fault = error
      }
    }
    throw fault
  }

  const ask = async (): Promise<Metadata> => {
    const answer = await metadataV12.api.async(await anyBroker(), null, false, false)
    known = readMetadata(answer)
    return known
  }
  const askAnew = (): Promise<Metadata> => {
    asking ??= ask().finally(() => {
      asking = undefined
    })
    return asking
  }

  const coordinatorOf = async (group: string): Promise<Address> => {
    const kept = coordinators.get(group)
    if (kept) return kept
    const { coordinators: found } = await findCoordinatorV6.api.async(await anyBroker(), 0, [group])
    const [first] = found
    if (!first) throw new KafkaAway('The broker named no coordinator')
    const address = { host: first.host, port: first.port }
    coordinators.set(group, address)
    return address
  }

  const withCoordinator = async <Result>(
    group: string,
    question: (connection: Connection) => Promise<Result>,
  ): Promise<Result> => {
    for (let attempt = 1; ; attempt++) {
      try {
        const known = coordinators.get(group)
        const opened = known && links.opened(known, 'group')
        return await question(opened ?? (await links.at(await coordinatorOf(group), 'group')))
      } catch (error) {
        if (isCoordinatorGone(error)) coordinators.delete(group)
        if (!isCoordinatorGone(error) || attempt === tries) throw error
        await sleep(retryMs)
      }
    }
  }

  return {
    links,
    metadata: async (fresh = false) => (known && !fresh ? known : askAnew()),
    withCoordinator,
    coordinatorOf,
    forgetCoordinator: (group) => void coordinators.delete(group),
  }
}

type Answer = Awaited<ReturnType<typeof metadataV12.api.async>>

const readMetadata = ({ brokers, topics, controllerId }: Answer): Metadata => {
  const found = topics
    .filter(({ errorCode, isInternal, name }) => errorCode === 0 && !isInternal && name !== null)
    .map(({ name, topicId, partitions }): Topic => {
      const leaders: number[] = []
      for (const { partitionIndex, leaderId } of partitions) leaders[partitionIndex] = leaderId
      return { name: name ?? '', id: topicId, leaders }
    })
  return {
    brokers: new Map(brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }])),
    controller: controllerId,
    topics: new Map(found.map((topic) => [topic.name, topic])),
    topicsById: new Map(found.map((topic) => [topic.id, topic])),
  }
}
