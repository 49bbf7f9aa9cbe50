import { openDatabase, type SimulationDatabase } from './database.ts'
import { mutations } from './mutations/index.ts'
import { type Breach, type History, runSeed } from './run-seed.ts'
import { verbs } from './verbs.ts'

export type Told = Pick<History, 'seed' | 'breaches' | 'callbacks' | 'steps'>
export const mostSeedsOfMutation = 100

/** How to see a history again, step by step. */
export const replayWith = (seed: number): string => `bun infra/money/simulation/replay.ts ${seed}`

export const withDatabase = async <Result>(
  work: (database: SimulationDatabase) => Promise<Result>,
): Promise<Result> => {
  const database = await openDatabase()
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

/** The history twice, each time from nothing: what differs, in words, or nothing. */
export const differsOnReplay = async (
  database: SimulationDatabase,
  seed: number,
): Promise<string | undefined> => {
  const first = await runSeed(database, seed)
  const second = await runSeed(database, seed)
  const at = first.lines.findIndex((line, i) => line !== second.lines[i])
  if (at >= 0) return `step ${at}: ${first.lines[at]} | ${second.lines[at]}`
  if (first.lines.length !== second.lines.length) return 'one of them is longer'
  return first.digest === second.digest ? undefined : 'the tables differ'
}

/** The first seed that finds the planted bug, and nothing without it; and what it saw. */
export const findMutation = async (
  database: SimulationDatabase,
  name: string,
  fromSeed: number,
): Promise<{ seeds: number; breach: Breach } | undefined> => {
  const mutate = mutations[name]
  if (!mutate) throw new Error(`There is no mutation ${name}`)
  const planted = mutate(verbs)
  for (let seeds = 1; seeds <= mostSeedsOfMutation; seeds++) {
    const seed = fromSeed + seeds - 1
    const [breach] = (await runSeed(database, seed, { verbs: planted })).breaches
    if (breach && (await runSeed(database, seed)).breaches.length === 0) return { seeds, breach }
  }
  return undefined
}
