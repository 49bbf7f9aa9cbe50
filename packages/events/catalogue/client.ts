import { Id } from '@kontora/validation'
import * as v from 'valibot'
import { event } from './event-type.ts'

const version = v.pipe(v.number(), v.safeInteger())

export const clientUserCreated = event('client.user-created', v.object({ userId: Id, version }))
export const clientUserUpdated = event('client.user-updated', v.object({ userId: Id, version }))
export const clientUserAddressChanged = event(
  'client.user-address-changed',
  v.object({ userId: Id, version }),
)
export const clientUserBlocked = event('client.user-blocked', v.object({ userId: Id, version }))

/** Tokens issued before `tokensNotBefore` stay refused, and refresh families begun before it are dead. */
export const clientUserUnblocked = event(
  'client.user-unblocked',
  v.object({ userId: Id, version, tokensNotBefore: v.string() }),
)

export const clientUserDeleted = event('client.user-deleted', v.object({ userId: Id, version }))

/** Full state: a later version replaces an earlier one; `permissions` is null for a deleted role. */
export const clientRoleChanged = event(
  'client.role-changed',
  v.object({
    roleId: Id,
    version,
    permissions: v.nullable(v.array(v.string())),
    includes: v.array(Id),
  }),
)

/** Full state: all that the user has now. */
export const clientGrantsChanged = event(
  'client.grants-changed',
  v.object({
    userId: Id,
    version,
    grants: v.array(
      v.object({ roleId: Id, scope: v.nullable(v.string()), expiresAt: v.nullable(v.string()) }),
    ),
  }),
)

export const clientBeat = event('client.beat', v.object({}))
