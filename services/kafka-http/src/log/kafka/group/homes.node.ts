import type { Member } from '../../message-log.ts'
import type { Cluster } from '../cluster/cluster.node.ts'
import { describeGroup } from '../operate/describe-groups.node.ts'
import { groupInstanceIdOf } from './groups.node.ts'

const prefix = 'kontora-gateway-'
/** Kafka keeps it beside each member, and its own tools show it: so a group says where its instances live. */
export const clientIdOf = (gateway: string): string => `${prefix}${gateway}`

const mostKept = 50_000
const keyOf = ({ group, instance }: Member) => JSON.stringify([group, instance])

/** Asked of the group's coordinator once; what another gateway does not answer for any more is forgotten. */
export const createHomes = (cluster: Cluster) => {
  const known = new Map<string, string>()
  return {
    of: async (member: Member): Promise<string | undefined> => {
      const kept = known.get(keyOf(member))
      if (kept !== undefined) return kept
      const id = await groupInstanceIdOf(member.instance)
      const { members } = await describeGroup(cluster, member.group)
      const clientId = members.find(({ groupInstanceId }) => groupInstanceId === id)?.clientId
      if (!clientId?.startsWith(prefix)) return undefined
      const gateway = clientId.slice(prefix.length)
      if (known.size > mostKept) known.clear()
      known.set(keyOf(member), gateway)
      return gateway
    },
    forget: (member: Member): void => void known.delete(keyOf(member)),
  }
}
