import { describeGroupsV5, listGroupsV5 } from '@platformatic/kafka/core'
import type { Cluster } from '../cluster/cluster.node.ts'

export type GroupMember = {
  memberId: string
  groupInstanceId: string | null | undefined
  /** Of the connection that joined: names the gateway. */
  clientId: string
  metadata: Buffer
  assignment: Buffer
}
export type DescribedGroup = { name: string; state: string; members: GroupMember[] }

/** All of the cluster: each broker knows the groups that it coordinates. */
export const listGroups = async ({ metadata, links }: Cluster): Promise<string[]> => {
  const { brokers } = await metadata(true)
  const answers = await Promise.all(
    [...brokers.values()].map(async (address) =>
      listGroupsV5.api.async(await links.at(address, 'admin'), [], []),
    ),
  )
  return [...new Set(answers.flatMap(({ groups }) => groups.map(({ groupId }) => groupId)))].sort()
}

export const describeGroup = async (cluster: Cluster, name: string): Promise<DescribedGroup> => {
  const { groups } = await cluster.withCoordinator(name, (connection) =>
    describeGroupsV5.api.async(connection, [name], false),
  )
  const [group] = groups
  return {
    name,
    state: group?.groupState ?? 'Dead',
    members: (group?.members ?? []).map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      clientId: member.clientId,
      metadata: member.memberMetadata,
      assignment: member.memberAssignment,
    })),
  }
}
