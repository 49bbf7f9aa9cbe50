import type { Proof } from '../../stack/prove/claim.ts'
import { proveBrokerKilled } from './broker-killed.ts'
import { proveGatewayKilledOnKafka, proveGatewayKilledOnPostgres } from './gateway-killed.ts'
import { proveMove } from './move.ts'
import { proveOutboxKills } from './outbox-kills.ts'
import { proveParked } from './parked.ts'
import { provePostgresKilled } from './postgres-killed.ts'
import { provePush } from './push.ts'
import { proveRebalanceOnKafka, proveRebalanceOnPostgres } from './rebalance.ts'

/** One after the other: each has the machine for itself. */
const both =
  (...proofs: Proof[]): Proof =>
  async (options) => {
    const claims = []
    for (const proof of proofs) claims.push(...(await proof(options)))
    return claims
  }

/** Claim → its proof at full size; `test` holds a small one of each. */
export const eventProofs: Record<string, Proof> = {
  'gateway-killed': both(proveGatewayKilledOnPostgres, proveGatewayKilledOnKafka),
  rebalance: both(proveRebalanceOnPostgres, proveRebalanceOnKafka),
  'broker-killed': proveBrokerKilled,
  move: proveMove,
  'postgres-killed': provePostgresKilled,
  'outbox-kills': proveOutboxKills,
  parked: proveParked,
  push: (options) => provePush(options),
}
