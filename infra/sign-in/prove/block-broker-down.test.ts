import { expect, test } from 'bun:test'
import { proveBlockBrokerDown } from './block-broker-down.ts'

/** How quick, only the full proof says: beside other tests a machine is not what it is. */
const isOfTime = (claim: string): boolean => claim.endsWith('(ms)')

test('without kafka-http sensitive routes close, others go on, and a block made meanwhile lets nobody in', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveBlockBrokerDown({ seed, size: 0.1, say: (line) => console.log(line) })
  expect(claims).toHaveLength(8)
  expect(claims.filter(({ ok, claim }) => !ok && !isOfTime(claim))).toEqual([])
}, 180_000)
