import { Problem } from '@kontora/service'
import type { ConnectionOptions } from '@platformatic/kafka'
import { patienceMs, within } from '../../within.ts'
import type { MessageLog } from '../message-log.ts'
import { createCluster } from './cluster/cluster.node.ts'
import { hasCode } from './cluster/faults.ts'
import { type Address, createLinks } from './cluster/links.node.ts'
import { fetchMessages } from './fetch/fetch-messages.node.ts'
import { createFetcher } from './fetch/fetcher.node.ts'
import { createGroups } from './group/groups.node.ts'
import { commitOffsets, readCommitted, readOffsets } from './offsets.node.ts'
import { readGroupStates, resetGroup } from './operate/group-states.node.ts'
import { growTopics } from './operate/grow-topics.node.ts'
import { createProducer } from './produce/producer.node.ts'

export type KafkaOptions = {
  brokers: Address[]
  /** Shown by Kafka's own tools beside each group's members. */
  clientId: string
  /** After how long without a sign of this gateway its instances' partitions go to others. */
  sessionTimeoutMs: number
  security?: Pick<ConnectionOptions, 'tls' | 'sasl'>
}

/** The log in a Kafka cluster. `close` ends every waiting call and drops the connections; static members stay for the next gateway. */
export const createKafkaLog = (options: KafkaOptions): MessageLog & { close: () => void } => {
  const { brokers, clientId, sessionTimeoutMs, security = {} } = options
  const links = createLinks({ ...security, clientId })
  const cluster = createCluster(links, brokers)
  const fetcher = createFetcher(cluster)
  const producer = createProducer(cluster, fetcher.nudge)
  const groups = createGroups({ cluster, fetcher, kafkaSessionMs: sessionTimeoutMs })
  const ask = <Result>(work: Promise<Result>): Promise<Result> => within(patienceMs, work.catch(tell))

  return {
    topics: async () => {
      const { topics } = await ask(cluster.metadata(true))
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
    consumers: async () => groups.list(),
    removeInstance: (member) => ask(groups.remove(member)),
    growTopics: (counts) => growTopics(cluster, counts).catch(tell),
    groupStates: () => ask(readGroupStates(cluster)),
    resetGroup: (group, offsets, takeOut) => ask(resetGroup(cluster, group, offsets, takeOut)),
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

const tell = (error: unknown): never => {
  if (error instanceof Problem) throw error
  if (hasCode(error, 'UNKNOWN_MEMBER_ID'))
    throw new Problem('not-found', 'There is no such consumer instance, and the group has others')
  throw new Problem('unavailable', 'Kafka cannot be reached', { retryAfterSeconds: 1 })
}
