import { expect, test } from 'bun:test'
import { brokenOf, type Proof } from '../../stack/prove/claim.ts'
import { proveBrokerKilled } from './broker-killed.ts'
import { proveGatewayKilledOnKafka } from './gateway-killed.ts'
import { proveMove } from './move.ts'
import { proveRebalanceOnKafka } from './rebalance.ts'

const run = async (proof: Proof, size: number): Promise<void> => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proof({ seed, size, say: (line) => console.log(line) })
  expect(brokenOf(claims)).toEqual([])
}

test(
  'kill -9 of either gateway in front of a real Kafka loses nothing and repeats only what was not committed',
  () => run(proveGatewayKilledOnKafka, 0.15),
  90_000,
)

test(
  'instances that come, go and vanish in front of a real Kafka lose nothing and keep the order of each key',
  () => run(proveRebalanceOnKafka, 0.15),
  90_000,
)

test(
  'the log moves from Postgres to a real Kafka under traffic, and nothing is lost or inverted',
  () => run(proveMove, 0.1),
  120_000,
)

test(
  'kill -9 of the broker, and its standing still, lose nothing that was acknowledged, double nothing and end no gateway',
  () => run(proveBrokerKilled, 0.3),
  120_000,
)
