import type { Transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'

type Locked = { state: 'active' | 'blocked'; version: number; grantsVersion: number }

/** The versions of a user's events are bumped under this lock. */
export const lockUser = async (tx: Transaction, userId: string): Promise<Locked> => {
  const [user] = await tx<Locked[]>`
    select state, version, grants_version from users
    where user_id = ${userId} and state <> 'deleted' for update`
  if (!user) throw new Problem('not-found', 'No such user')
  return user
}
