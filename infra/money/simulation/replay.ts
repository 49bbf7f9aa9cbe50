import { runSeed } from './run-seed.ts'
import { withDatabase } from './seeds.ts'
import { shrink } from './shrink.ts'

// One history, step by step, and what broke:
//   bun infra/money/simulation/replay.ts SEED [--shrink] [name…]     without whoever (payer-3) and whatever (garbage-after-acting, crashes) is named
const words = process.argv.slice(2)
const [seed, ...names] = words.filter((word) => word !== '--shrink')

const { history, without } = await withDatabase(async (database) => {
  const options = { without: new Set(names) }
  if (words.includes('--shrink'))
    return shrink(database, Number(seed), options, (line) => console.error(line))
  return { history: await runSeed(database, Number(seed), options), without: names }
})
for (const line of history.lines) console.log(line)
console.log(
  `seed ${seed}, ${history.steps} steps, ${history.callbacks} callbacks, without: ${without.join(' ') || 'nobody'}`,
)
for (const { invariant, what } of history.breaches) console.log(`✗ ${invariant}: ${what}`)
process.exit(history.breaches.length > 0 ? 1 : 0)
