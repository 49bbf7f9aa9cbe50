import type { Proof } from '../../stack/prove/claim.ts'
import { proveBrokerKilled } from './broker-killed.ts'
import { proveGatewayKilledOnPostgres } from './gateway-killed.ts'
import { provePostgresKilled } from './postgres-killed.ts'
import { provePush } from './push.ts'
import { proveRebalanceOnPostgres } from './rebalance.ts'

/** Claim → its proof at full size; `test` holds a small one of each. */
export const eventProofs: Record<string, Proof> = {
  'gateway-killed': proveGatewayKilledOnPostgres,
  rebalance: proveRebalanceOnPostgres,
  'broker-killed': proveBrokerKilled,
  'postgres-killed': provePostgresKilled,
  push: (options) => provePush(options),
}
