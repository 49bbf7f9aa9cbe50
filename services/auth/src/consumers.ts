import {
  clientUserAddressChanged,
  clientUserBlocked,
  clientUserDeleted,
  clientUserUnblocked,
  type Handler,
  on,
} from '@kontora/events'
import { forgetAddresses } from './addresses/forget-addresses.ts'
import { forgetUser } from './addresses/forget-user.ts'
import type { Resources } from './resources.ts'
import { endSessionsOf } from './sessions/end-session.ts'

type User = { userId: string }

const endAll = (resources: Resources, _: unknown, { userId }: User) => endSessionsOf(resources, userId)

const endBegunBefore = (
  resources: Resources,
  _: unknown,
  { userId, tokensNotBefore }: User & { tokensNotBefore: string },
) => endSessionsOf(resources, userId, { begunBefore: new Date(tokensNotBefore) })

export const consumers: Handler<Resources>[] = [
  on('end-sessions-of-blocked', clientUserBlocked, endAll),
  on('end-sessions-of-unblocked', clientUserUnblocked, endBegunBefore),
  on('forget-changed-address', clientUserAddressChanged, (resources: Resources, _, { userId }, { time }) =>
    forgetAddresses(resources.sql, userId, new Date(time)),
  ),
  on('forget-deleted-user', clientUserDeleted, (resources: Resources, _, { userId }) =>
    forgetUser(resources, userId),
  ),
]
