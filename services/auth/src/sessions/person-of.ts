import type { User } from '@kontora/access'
import { Problem } from '@kontora/service'

/** A machine's token has no session and its id is no user's. */
export const personOf = (user: User): User => {
  if (user.machine) throw new Problem('forbidden', 'This is for people')
  return user
}
