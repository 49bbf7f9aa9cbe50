import type { Directory } from '../../../peers/directory.ts'
import type { Member } from '../../message-log.ts'

/** Shown by Kafka's own tools beside each member: the gateway that made it. */
export const clientIdOf = (gateway: string): string => `kontora-gateway-${gateway}`

const mostKept = 50_000
const keyOf = ({ group, instance }: Member) => JSON.stringify([group, instance])

/** Asked of the directory once; what another gateway does not answer for any more is forgotten. */
export const createHomes = (directory: Directory) => {
  const known = new Map<string, string>()
  return {
    of: async (member: Member): Promise<string | undefined> => {
      const kept = known.get(keyOf(member))
      if (kept !== undefined) return kept
      const gateway = await directory.find(member)
      if (known.size > mostKept) known.clear()
      if (gateway !== undefined) known.set(keyOf(member), gateway)
      return gateway
    },
    forget: (member: Member): void => void known.delete(keyOf(member)),
  }
}
