import { afterAll, beforeAll, expect, test } from 'bun:test'
import { testBroker } from '@kontora/kafka-broker/test-broker'
import { type Cluster, createCluster } from '../cluster/cluster.node.ts'
import { createLinks } from '../cluster/links.node.ts'
import { createFetcher } from '../fetch/fetcher.node.ts'
import { growTopics } from '../operate/grow-topics.node.ts'
import { createHoldings } from './holdings.node.ts'
import type { Member } from './member.node.ts'

const topic = `holdings-${crypto.randomUUID().slice(0, 8)}`
const links = createLinks({ clientId: 'test' })
let cluster: Cluster
beforeAll(async () => {
  const [host = '', port] = (await testBroker()).split(':')
  cluster = createCluster(links, [{ host, port: Number(port) }])
  await growTopics(cluster, new Map([[topic, 2]]))
}, 180_000)
afterAll(() => links.close())

/** A member that stands still: what the group says is said by the test. */
const member: Member = {
  join: async () => {},
  beat: async () => {},
  leave: async () => {},
  identity: () => undefined,
  isCurrent: () => true,
  assure: async () => {},
  isLeader: () => false,
  urge: () => {},
  isUnheard: () => false,
  abandon: () => {},
}

test('what is found only after a join was begun is not taken into hand before the group gives it again', async () => {
  const group = `${topic}-group`
  const gate = Promise.withResolvers<void>()
  const slow: Cluster = {
    ...cluster,
    withCoordinator: async (name, ask) => {
      await gate.promise
      return cluster.withCoordinator(name, ask)
    },
  }
  const fetcher = createFetcher(cluster)
  const call = { group, instance: 'one', topics: [topic], sessionTimeoutMs: 6000, most: 100 }
  const holdings = createHoldings({
    cluster: slow,
    fetcher,
    call: { ...call, autoCommit: false, offsetReset: 'earliest' },
    adopted: [],
    member: () => member,
    news: () => {},
  })
  const [first, second] = [0, 1].map((partition) => ({ topic, partition }))
  if (!first || !second) throw new Error('No partitions')
  const given = holdings.assign([first, second])
  // A join begins: it says that nothing is held yet, so the group may give both to others.
  expect(holdings.tell()).toEqual([])
  gate.resolve()
  await given
  holdings.mend()
  await Bun.sleep(100)
  expect(holdings.all()).toEqual([])
  await holdings.assign([second])
  expect(holdings.all()).toMatchObject([second])
  holdings.end()
  fetcher.close()
}, 60_000)
