import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { testBroker } from '@kontora/kafka-broker/test-broker'
import { heartbeatV4 } from '@platformatic/kafka'
import type { TopicPartition } from '../../message-log.ts'
import { type Cluster, createCluster } from '../cluster/cluster.node.ts'
import { createLinks } from '../cluster/links.node.ts'
import { growTopics } from '../operate/grow-topics.node.ts'
import { nameOf } from './held.node.ts'
import { createMember } from './member.node.ts'

const topic = `member-${crypto.randomUUID().slice(0, 8)}`
const links = createLinks({ clientId: 'test' })
let cluster: Cluster
beforeAll(async () => {
  const [host = '', port] = (await testBroker()).split(':')
  cluster = createCluster(links, [{ host, port: Number(port) }])
  await growTopics(cluster, new Map([[topic, 2]]))
}, 180_000)
afterAll(() => links.close())

type Opened = ReturnType<typeof open>
let opened: Opened[] = []
afterEach(() => {
  for (const { die } of opened) die()
  opened = []
})

/** A member that beats, and holds what it was ever given until it is told to let go. */
const open = (group: string, instance: string, by: Cluster = cluster) => {
  let losses = 0
  let given: TopicPartition[] = []
  let owned: TopicPartition[] = []
  const member = createMember({
    cluster: by,
    group,
    groupInstanceId: instance,
    topics: [topic],
    sessionMs: 6000,
    owned: () => owned,
    assigned: (partitions) => {
      given = partitions
      const names = new Set(given.map(nameOf))
      owned = [...owned.filter((each) => !names.has(nameOf(each))), ...given]
    },
    lost: () => losses++,
    ended: () => losses++,
    joining: () => {},
  })
  const beating = setInterval(() => void member.beat(), 100)
  return {
    member,
    given: () => given.length,
    owned: () => owned.length,
    losses: () => losses,
    letGo: () => {
      owned = given
    },
    die: () => {
      clearInterval(beating)
      member.abandon()
    },
  }
}
const join = async (group: string, instance: string): Promise<Opened> => {
  const one = open(group, instance)
  opened.push(one)
  await one.member.join()
  return one
}
const until = async (isSo: () => boolean, patienceMs: number): Promise<boolean> => {
  for (const end = Date.now() + patienceMs; Date.now() < end; await Bun.sleep(50)) if (isSo()) return true
  return isSo()
}

/** The leader had both partitions and holds the second on, so it is withheld from the newcomer. */
const withhold = async () => {
  const group = `${topic}-${crypto.randomUUID().slice(0, 8)}`
  const leader = await join(group, 'leader')
  expect(leader.given()).toBe(2)
  const newcomer = await join(group, 'newcomer')
  expect(await until(() => leader.given() === 1, 10_000)).toBe(true)
  expect([leader.owned(), newcomer.given(), leader.member.isLeader()]).toEqual([2, 0, true])
  return { group, leader, newcomer }
}

test('a leader asks again for what it withheld, though whoever lets go of it says nothing', async () => {
  const { leader, newcomer } = await withhold()
  leader.letGo()
  // Without being urged nobody would move.
  expect(await until(() => newcomer.given() > 0, 1000)).toBe(false)
  const urging = setInterval(() => leader.member.urge(), 100)
  expect(await until(() => newcomer.given() === 1, 8000)).toBe(true)
  clearInterval(urging)
  expect(leader.given()).toBe(1)
}, 60_000)

test('while what is withheld is held on, the leader asks once in its patience; a member that leads nobody never', async () => {
  const { leader, newcomer } = await withhold()
  const generation = leader.member.identity()?.generation ?? 0
  const urging = setInterval(() => {
    leader.member.urge()
    newcomer.member.urge()
  }, 20)
  const isAskedTimes = (times: number) => () => leader.member.identity()?.generation === generation + times
  expect(await until(isAskedTimes(1), 8000)).toBe(true)
  // It would be twice by now, if it did not wait longer.
  await Bun.sleep(4000)
  clearInterval(urging)
  expect(isAskedTimes(1)()).toBe(true)
  expect(newcomer.given()).toBe(0)
}, 60_000)

test('another process that takes the leader over shares anew what that one withheld', async () => {
  const { group, leader, newcomer } = await withhold()
  leader.die()
  const successor = await join(group, 'leader')
  expect(await until(() => successor.given() === 1 && newcomer.given() === 1, 5000)).toBe(true)
  expect(successor.member.isLeader()).toBe(true)
}, 60_000)

test('who leaves before its first join is answered is not waited for by the others', async () => {
  const group = `${topic}-${crypto.randomUUID().slice(0, 8)}`
  const leader = await join(group, 'leader')
  const newcomer = open(group, 'newcomer')
  opened.push(newcomer)
  const joining = newcomer.member.join()
  await newcomer.member.leave()
  await joining
  leader.letGo()
  const generation = leader.member.identity()?.generation ?? 0
  // Long before Kafka would miss its heartbeats.
  const isAlone = () => leader.given() === 2 && leader.member.identity()?.generation !== generation
  expect(await until(isAlone, 3000)).toBe(true)
}, 60_000)

test('the late answer to a heartbeat of an earlier generation takes nothing from a member', async () => {
  const group = `${topic}-${crypto.randomUUID().slice(0, 8)}`
  const { promise: joinedAgain, resolve: haveJoinedAgain } = Promise.withResolvers<void>()
  const one = open(group, 'one', {
    ...cluster,
    withCoordinator: async (name, ask) => {
      const { memberId = '', generation = -1 } = one.member.identity() ?? {}
      await joinedAgain
      await cluster.withCoordinator(name, (connection) =>
        heartbeatV4.api.async(connection, group, generation, memberId, 'one'),
      )
      return cluster.withCoordinator(name, ask)
    },
  })
  opened.push(one)
  await one.member.join()
  const before = one.member.identity()
  const beating = one.member.beat()
  await one.member.join()
  const after = one.member.identity()
  expect(after?.generation).toBeGreaterThan(before?.generation ?? 0)
  haveJoinedAgain()
  await beating
  expect([one.losses(), one.member.identity()]).toEqual([0, after])
}, 60_000)
