import { expect, test } from 'bun:test'
import { brokenOf } from '../../stack/prove/claim.ts'
import { proveGatewayKilledOnPostgres } from './gateway-killed.ts'
import { provePostgresKilled } from './postgres-killed.ts'
import { proveRebalanceOnPostgres } from './rebalance.ts'

const run = async (proof: typeof provePostgresKilled, size: number): Promise<void> => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proof({ seed, size, say: (line) => console.log(line) })
  expect(brokenOf(claims)).toEqual([])
}

test(
  'kill -9 of either gateway in the middle of traffic loses nothing and repeats only what was not committed',
  () => run(proveGatewayKilledOnPostgres, 0.1),
  60_000,
)

test(
  'instances that come, go and vanish lose nothing and keep the order of each key',
  () => run(proveRebalanceOnPostgres, 0.15),
  60_000,
)

test(
  'kill -9 of Postgres, and its standing still, lose nothing that was acknowledged and end no gateway',
  () => run(provePostgresKilled, 0.15),
  60_000,
)
