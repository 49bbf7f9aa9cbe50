import { type Log, Problem } from '@kontora/service'
import type { ConnectionOptions } from '@platformatic/kafka/core'
import type { Directory } from '../../peers/directory.ts'
import type { Peers } from '../../peers/peers.ts'
import { patienceMs, within } from '../../within.ts'
import type { Adoption, ConsumerGroup, MessageLog, TopicPartitionOffset } from '../message-log.ts'
import { type Cluster, createCluster, type Metadata } from './cluster/cluster.node.ts'
import { hasCode, isKafkas } from './cluster/faults.ts'
import { type Address, createLinks } from './cluster/links.node.ts'
import { fetchMessages } from './fetch/fetch-messages.node.ts'
import { createFetcher } from './fetch/fetcher.node.ts'
import { createGroups } from './group/groups.node.ts'
import { clientIdOf, createHomes } from './group/homes.node.ts'
import { commitOffsets, readCommitted, readOffsets } from './offsets.node.ts'
import { deleteBefore } from './operate/delete-before.node.ts'
import { readGroupStates, resetGroup } from './operate/group-states.node.ts'
import { growTopics } from './operate/grow-topics.node.ts'
import { createProducer } from './produce/producer.node.ts'

export type KafkaOptions = {
  brokers: Address[]
  /** The other gateways in front of this cluster. */
  peers: Pick<Peers, 'self' | 'refresh' | 'others' | 'hasOthers' | 'ask' | 'consumers' | 'lost'>
  directory: Directory
  log?: Pick<Log, 'warn'> | undefined
  /** After how long without a sign of this gateway its instances' partitions go to others. */
  sessionTimeoutMs: number
  security?: Pick<ConnectionOptions, 'tls' | 'sasl'>
}

export type KafkaLog = MessageLog & {
  /** Instances go on at other gateways, where they stood. */
  handOver: () => Promise<void>
  /** What lies before these offsets goes, as if retention had taken it. */
  deleteBefore: (offsets: TopicPartitionOffset[]) => Promise<void>
  queued: () => number
  close: () => void
}

/** The log in a Kafka cluster. `close` ends every waiting call and drops the connections; static members stay for the next gateway. */
export const createKafkaLog = (options: KafkaOptions): KafkaLog => {
  const { brokers, peers, directory, sessionTimeoutMs, security = {} } = options
  const links = createLinks({ ...security, clientId: clientIdOf(peers.self.id) })
  const cluster = createCluster(links, brokers)
  const fetcher = createFetcher(cluster)
  const producer = createProducer(cluster, fetcher.nudge)
  const groups = createGroups({
    cluster,
    fetcher,
    directory,
    kafkaSessionMs: sessionTimeoutMs,
    log: options.log,
  })
  const homes = createHomes(directory)
  const ask = <Result>(work: Promise<Result>): Promise<Result> => within(patienceMs, work.catch(tell))

  return {
    topics: async () => {
      const { topics } = await ask(freshOrKnown(cluster))
      return new Map(
        [...topics].map(([name, { leaders }]) => [name, leaders.length]).sort() as [string, number][],
      )
    },
    append: (messages) => producer.append(messages),
    fetch: (from, wait) =>
      within(wait.timeoutMs + patienceMs, fetchMessages(cluster, fetcher, from, wait).catch(tell)),
    offsets: (partitions, at) => ask(readOffsets(cluster, partitions, at)),
    consume: async (call, wait) => {
      const instance = await groups.open(call)
      return instance.consume(call, wait)
    },
    commit: async (member, offsets) => {
      const instance = groups.find(member)
      if (offsets.length === 0) {
        if (instance) await ask(instance.commitAnswered())
        return instance !== undefined
      }
      if (instance) await ask(instance.commit(offsets))
      else await ask(commitForGroup(member.group, offsets))
      return true
    },
    committed: (group, partitions) =>
      ask(readCommitted(cluster, group, partitions.length > 0 ? partitions : undefined)),
    consumers: async () => merge([...groups.list(), ...(await peers.consumers())]),
    removeInstance: (member) => ask(groups.remove(member)),
    living: async () => ({
      list: groups.list,
      homeOf: async (member) => {
        if (groups.find(member) || !(await peers.hasOthers())) return undefined
        const home = await ask(homes.of(member))
        return home === peers.self.id ? undefined : home
      },
      forgetHome: homes.forget,
      adopt: async (adoption) => {
        await groups.open(adoption.call, adoption)
      },
    }),
    deleteBefore: (offsets) => deleteBefore(cluster, offsets).catch(tell),
    growTopics: (counts) => growTopics(cluster, counts).catch(tell),
    groupStates: () => ask(readGroupStates(cluster)),
    resetGroup: (group, offsets, takeOut) => ask(resetGroup(cluster, group, offsets, takeOut)),
    queued: producer.queued,
    handOver: async () => {
      await peers.refresh()
      for (const adoption of await groups.adoptions()) await handOver(peers, adoption)
    },
    close: () => {
      groups.close()
      fetcher.close()
      producer.close()
      links.close()
    },
  }

  /** A group without members takes anybody's commit; one with members only a member's. */
  async function commitForGroup(group: string, offsets: Parameters<MessageLog['commit']>[1]): Promise<void> {
    const any = groups.anyOf(group)
    await commitOffsets(cluster, group, any?.member.identity(), offsets)
  }
}

const freshMs = 1000

/** While the brokers are away, what is known goes on: a short absence is waited out by who writes and who reads. */
const freshOrKnown = async ({ metadata }: Cluster): Promise<Metadata> => {
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, freshMs))
  const fresh = metadata(true)
  return (await Promise.race([fresh.catch(() => undefined), late])) ?? metadata()
}

/** To any that takes it; without others its place is what it has committed. */
const handOver = async ({ others, ask, lost }: KafkaOptions['peers'], adoption: Adoption): Promise<void> => {
  for (const peer of others()) {
    if (await ask(peer, 'adopt', adoption)) return
    lost(peer.id)
  }
}

/** The instances of a group live at several gateways. */
const merge = (groups: ConsumerGroup[]): ConsumerGroup[] =>
  [...Map.groupBy(groups, ({ name }) => name)]
    .map(([name, parts]) => ({
      name,
      instances: parts.flatMap(({ instances }) => instances).sort((a, b) => (a.name < b.name ? -1 : 1)),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))

const tell = (error: unknown): never => {
  if (error instanceof Problem) throw error
  if (hasCode(error, 'UNKNOWN_MEMBER_ID'))
    throw new Problem('not-found', 'There is no such consumer instance, and the group has others')
  if (!isKafkas(error)) throw error
  throw new Problem('unavailable', 'Kafka cannot be reached', { retryAfterSeconds: 1 })
}
