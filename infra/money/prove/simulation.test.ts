import { expect, test } from 'bun:test'
import { proveSimulation } from './simulation.ts'

test('whatever lies and breaks, money comes to rest as the bank has it', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveSimulation({ seed, size: 0.003, say: (line) => console.log(line) })
  expect(claims.filter(({ ok }) => !ok)).toEqual([])
}, 300_000)
