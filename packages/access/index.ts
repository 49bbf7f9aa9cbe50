export {
  accessHandlers,
  applyBeats,
  applyBlock,
  applyGrants,
  applyRevokedSession,
  applyRole,
} from './apply-events.ts'
export { allows, type Grant, type Held, heldBy, permissionsOf, type Role } from './decision.ts'
export { createAccessFeed } from './feed.ts'
export { type AccessResources, isAllowed, may, refuseStale, signedIn, type User } from './guard.ts'
export { machinePermissions } from './machines.ts'
export { createAccessMemory } from './memory.ts'
export { type Access, accessFromTables, type Standing } from './read-model.ts'
export { acr, proofSeconds, secondProofNeeded } from './second-proof.ts'
export { applySnapshot, type ReadSnapshot } from './snapshot.ts'
export { keepWithdrawnKey } from './withdrawn-keys.ts'
