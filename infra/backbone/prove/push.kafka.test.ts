import { expect, test } from 'bun:test'
import { testBroker } from '@kontora/kafka-broker/test-broker'
import { provePush } from './push.ts'

test('on a real Kafka too, whatever is pushed to a bad receiver has its effect once and in order', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await provePush({ seed, size: 0.04, say: (line) => console.log(line) }, await testBroker())
  expect(claims.map(({ claim, value }) => ({ claim, value }))).toEqual([
    { claim: 'push', value: 'nothing wrong' },
  ])
}, 180_000)
