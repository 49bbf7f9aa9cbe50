import { expect, test } from 'bun:test'
import { provePush } from './push.ts'

test('pushed to a receiver that is slow, wrong, dead and back, every event has its effect once and in order', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await provePush({ seed, size: 0.04, say: (line) => console.log(line) })
  expect(claims.map(({ claim, value }) => ({ claim, value }))).toEqual([
    { claim: 'push', value: 'nothing wrong' },
  ])
}, 120_000)
