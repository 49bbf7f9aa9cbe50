import type { Verbs } from '../verbs.ts'

/** A planted bug: it takes verbs' places in the table. */
export type Mutation = (verbs: Verbs) => Verbs

/** The same verbs, and after one job something more is done. */
export const afterJob =
  (name: string, more: (...args: Parameters<Verbs['jobs'][string]>) => Promise<unknown>): Mutation =>
  (verbs) => {
    const run = verbs.jobs[name]
    if (!run) throw new Error(`There is no job ${name}`)
    const both: typeof run = async (resources) => {
      const taken = await run(resources)
      await more(resources)
      return taken
    }
    return { ...verbs, jobs: { ...verbs.jobs, [name]: both } }
  }
