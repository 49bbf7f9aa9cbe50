import { type Access, isAllowed, type User } from '@kontora/access'
import { Problem } from '@kontora/service'

const staleMs = 5000

/** Documents belong to people; a machine has none of its own. */
export const personOf = ({ id, machine }: User): string => {
  if (machine) throw new Problem('forbidden', 'This is for people')
  return id
}

/** Whether other people's documents are open to the caller; not told while a revocation may be unheard. */
export const seesAll = async (access: Access, user: User): Promise<boolean> => {
  if (!(await isAllowed(access, user, 'document:review'))) return false
  if ((await access.feedAgeMs()) > staleMs)
    throw new Problem('unavailable', 'Whether this is allowed cannot be known just now', {
      retryAfterSeconds: 1,
    })
  return true
}
