import { openDatabase } from './database.ts'
import { runSeed } from './run-seed.ts'

// bun infra/money/simulation/replay.ts SEED [name…]: one history, without whoever and whatever is named, and what broke.
const [seed, ...without] = process.argv.slice(2)
const database = await openDatabase()
const began = performance.now()
const history = await runSeed(database, Number(seed), { without: new Set(without) })
for (const line of history.lines) console.log(line)
console.log(
  JSON.stringify({ ...history, lines: undefined, ms: Math.round(performance.now() - began) }, null, 2),
)
await database.close()
process.exit(history.breaches.length > 0 ? 1 : 0)
