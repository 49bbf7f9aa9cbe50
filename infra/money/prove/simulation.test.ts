import { expect, test } from 'bun:test'
import { brokenOf } from '../../stack/prove/claim.ts'
import { proveSimulation } from './simulation.ts'

test('whatever lies and breaks, money comes to rest as the bank has it', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveSimulation({ seed, size: 0.003, say: (line) => console.log(line) })
  expect(brokenOf(claims)).toEqual([])
}, 300_000)
