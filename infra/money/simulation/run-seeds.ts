import { runSeed } from './run-seed.ts'
import { type Told, withDatabase } from './seeds.ts'

// One process's share of the seeds, each told in a line of JSON: run-seeds.ts FIRST STEP END
const [first = 0, step = 1, end = 0] = process.argv.slice(2).map(Number)

await withDatabase(async (database) => {
  for (let seed = first; seed < end; seed += step) {
    const { breaches, callbacks, steps } = await runSeed(database, seed)
    console.log(JSON.stringify({ seed, breaches, callbacks, steps } satisfies Told))
  }
})
process.exit(0)
