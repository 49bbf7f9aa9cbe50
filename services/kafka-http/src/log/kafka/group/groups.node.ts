import type { Log } from '@kontora/service'
import type { Directory } from '../../../peers/directory.ts'
import type { Adoption, ConsumeCall, ConsumerGroup, Member } from '../../message-log.ts'
import type { Cluster } from '../cluster/cluster.node.ts'
import { codesOf } from '../cluster/faults.ts'
import type { Fetcher } from '../fetch/fetcher.node.ts'
import { createInstance, type Instance } from './instance.node.ts'

export type Groups = {
  find: (member: Member) => Instance | undefined
  /** The instance of this call, made when there is none or when it asks for other topics. */
  open: (call: ConsumeCall, adopted?: Adoption) => Promise<Instance>
  remove: (member: Member) => Promise<boolean>
  /** Any instance of a group that lives here, for what is the group's and not an instance's. */
  anyOf: (group: string) => Instance | undefined
  list: () => ConsumerGroup[]
  /** What the next gateway needs, should this one go down. */
  adoptions: () => Promise<Adoption[]>
  close: () => void
}

const tickMs = 100
const beatMs = 1000
/** While the broker is away. */
const unheardMs = 250
/** After a change more changes follow: partitions go by way of two joins. */
const stirredMs = 2000
/** What an instance reads ahead is given up when nobody has called for so long. */
const restMs = 1500
const countMs = 5000

const keyOf = ({ group, instance }: Member) => JSON.stringify([group, instance])
const ascii = /^[A-Za-z0-9._-]{1,249}$/

/** Kafka takes few characters in `group.instance.id`. */
export const groupInstanceIdOf = async (instance: string): Promise<string> => {
  if (ascii.test(instance)) return instance
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(instance))
  return `sha256-${Buffer.from(digest).toString('hex')}`
}

type Options = {
  cluster: Cluster
  fetcher: Fetcher
  directory: Directory
  kafkaSessionMs: number
  log?: Pick<Log, 'warn'> | undefined
}

/** The instances that live at this gateway; one clock beats for all of them. */
export const createGroups = ({ cluster, fetcher, directory, kafkaSessionMs, log }: Options): Groups => {
  const instances = new Map<string, Instance>()
  const beaten = new WeakMap<Instance, number>()
  const stirredAt = new Map<string, number>()
  let counted = performance.now()
  let counts = new Map<string, number>()

  const stir = (group: string): void => {
    stirredAt.set(group, performance.now())
    for (const { call, member } of instances.values())
      if (call.group === group) setTimeout(() => void member.beat(), 5)
  }

  const drop = (member: Member, instance: Instance): void => {
    if (instances.get(keyOf(member)) !== instance) return
    instances.delete(keyOf(member))
    // A stale entry leads to a gateway that makes the instance anew.
    directory.release(member).catch(() => {})
  }

  const tick = (): void => {
    const time = performance.now()
    for (const instance of instances.values()) {
      const { call, member } = instance
      member.urge()
      const isStirred = time - (stirredAt.get(call.group) ?? -stirredMs) < stirredMs
      const everyMs = isStirred ? tickMs : member.isUnheard() ? unheardMs : beatMs
      if (time - (beaten.get(instance) ?? 0) >= everyMs) {
        beaten.set(instance, time)
        void member.beat()
        instance.mend()
      }
      if (instance.idleMs() > call.sessionTimeoutMs) {
        drop(call, instance)
        // A broker that is away takes the member out by itself.
        instance.leave().catch(() => {})
      } else if (instance.idleMs() > restMs) instance.rest()
    }
    if (time - counted > countMs && instances.size > 0) {
      counted = time
      // A broker that is away is asked again.
      noticeGrowth().catch(() => {})
    }
  }

  /** The broker tells nobody of new partitions: the group's leader joins again, and shares anew. */
  const noticeGrowth = async (): Promise<void> => {
    const { topics } = await cluster.metadata(true)
    const now = new Map([...topics].map(([name, { leaders }]) => [name, leaders.length]))
    const grown = new Set(
      [...now].filter(([name, count]) => (counts.get(name) ?? count) !== count).map(([name]) => name),
    )
    counts = now
    for (const { call, member } of instances.values())
      if (member.isLeader() && call.topics.some((topic) => grown.has(topic))) void member.join()
  }

  const timer = setInterval(tick, tickMs)
  const make = async (call: ConsumeCall, adopted?: Adoption): Promise<Instance> => {
    const key = keyOf(call)
    const groupInstanceId = await groupInstanceIdOf(call.instance)
    const known = instances.get(key)
    if (known) return known
    const instance: Instance = createInstance({
      cluster,
      fetcher,
      call,
      adopted: adopted?.places ?? [],
      groupInstanceId,
      kafkaSessionMs,
      stirred: () => stir(call.group),
      ended: (reason) => {
        log?.warn('instance-ended', {
          group: call.group,
          instance: call.instance,
          why: codesOf(reason).join(),
        })
        drop(call, instance)
      },
    })
    instances.set(key, instance)
    await directory.claim(call).catch((error: unknown) => {
      instances.delete(key)
      throw error
    })
    void instance.member.join()
    return instance
  }

  return {
    find: (member) => instances.get(keyOf(member)),
    open: async (call, adopted) => {
      const known = instances.get(keyOf(call))
      if (known && known.call.topics.join() === call.topics.join()) return known
      if (known) {
        drop(call, known)
        await known.leave().catch(() => {})
      }
      return make(call, adopted)
    },
    remove: async (member) => {
      const known = instances.get(keyOf(member))
      if (!known) return false
      drop(member, known)
      if (known.call.autoCommit) await known.commitAnswered().catch(() => {})
      await known.leave()
      return true
    },
    anyOf: (group) => [...instances.values()].find(({ call }) => call.group === group),
    list: () =>
      [...Map.groupBy(instances.values(), ({ call }) => call.group)].map(([name, members]) => ({
        name,
        instances: members.map(({ call, partitions }) => ({
          name: call.instance,
          topics: call.topics.map((topic) => ({
            topic,
            partitions: partitions()
              .filter((each) => each.topic === topic)
              .map(({ partition }) => partition)
              .sort((a, b) => a - b),
          })),
        })),
      })),
    adoptions: async () => {
      const asked = await Promise.allSettled([...instances.values()].map(({ adoption }) => adoption()))
      return asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    },
    close: () => {
      clearInterval(timer)
      for (const instance of instances.values()) instance.end()
      instances.clear()
    },
  }
}
