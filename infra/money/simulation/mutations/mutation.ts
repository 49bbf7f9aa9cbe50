import type { Resources } from '../../../../services/payment/src/resources.ts'
import type { Verbs } from '../verbs.ts'

/** A planted bug: it takes verbs' places in the table. */
export type Mutation = (verbs: Verbs) => Verbs

type More = (resources: Resources) => Promise<unknown>

/** The same verbs, and before or after one job something more is done. */
const besideJob =
  (name: string, more: More, isBefore: boolean): Mutation =>
  (verbs) => {
    const run = verbs.jobs[name]
    if (!run) throw new Error(`There is no job ${name}`)
    const both: typeof run = async (resources) => {
      if (isBefore) await more(resources)
      const taken = await run(resources)
      if (!isBefore) await more(resources)
      return taken
    }
    return { ...verbs, jobs: { ...verbs.jobs, [name]: both } }
  }

export const beforeJob = (name: string, more: More): Mutation => besideJob(name, more, true)
export const afterJob = (name: string, more: More): Mutation => besideJob(name, more, false)
