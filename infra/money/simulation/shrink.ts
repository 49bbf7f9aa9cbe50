import { actors } from './actors/index.ts'
import { chanceOf } from './chance.ts'
import type { SimulationDatabase } from './database.ts'
import { faults } from './faults/index.ts'
import { type History, runSeed, type SeedOptions } from './run-seed.ts'

const peopleOf = (seed: number): string[] =>
  Object.entries(actors).flatMap(([kind, { count }]) =>
    Array.from({ length: count(chanceOf(seed, kind)) }, (_, n) => `${kind}-${n + 1}`),
  )

/** Halves first, then one by one. */
const groupsOf = (names: string[]): string[][] => {
  const half = Math.ceil(names.length / 2)
  return [names.slice(0, half), names.slice(half), ...names.map((name) => [name])]
}

/** Leaves out whoever and whatever is not needed for the same breach. */
export const shrink = async (
  database: SimulationDatabase,
  seed: number,
  options: SeedOptions,
  say: (line: string) => void,
): Promise<{ history: History; without: string[] }> => {
  let history = await runSeed(database, seed, options)
  const wanted = history.breaches[0]?.invariant
  let without = [...(options.without ?? [])]
  if (!wanted) return { history, without }
  for (const group of groupsOf([...peopleOf(seed), ...Object.keys(faults), 'crashes'])) {
    if (group.every((name) => without.includes(name))) continue
    const fewer = [...new Set([...without, ...group])]
    const tried = await runSeed(database, seed, { ...options, without: new Set(fewer) })
    if (!tried.breaches.some(({ invariant }) => invariant === wanted)) continue
    history = tried
    without = fewer
    say(`${history.steps} steps without ${without.length} of the names`)
  }
  return { history, without }
}
