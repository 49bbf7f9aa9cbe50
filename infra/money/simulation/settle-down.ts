import { hourMs } from './actors/actor.ts'
import type { Party } from './schedule.ts'
import type { World } from './world.ts'

const dayMs = 24 * hourMs
/** An order may be paid for three days after its end, and is asked about for as long; then comes rest. */
const longestMs = 9 * dayMs
const stepMs = 12 * hourMs
const fastRounds = 8

const nextDue = async ({ peek, bank }: World): Promise<number | undefined> => {
  const [row] = await peek<{ at: Date | null }[]>`
    select min(at) as at from (
      select least(start_at, ask_at) as at from attempts union all select ask_at from refunds
      union all select expiry_ask_at from invoices) due`
  const times = [row?.at?.getTime(), bank.nextAt()].filter((time) => time !== undefined)
  return times.length > 0 ? Math.min(...times) : undefined
}

const runJobs = async (world: World, party: Party): Promise<void> => {
  for (const [name, run] of Object.entries(world.verbs.jobs))
    for (let round = 0; round < 20; round++) {
      const served = await world.serve(party, name, run)
      if (served === 'crashed' || served.value === 0) break
    }
}

/** Nothing breaks any more, and the clock is driven on until nothing is due. First by each due time, then in long steps. */
export const settleDown = async (world: World, party: Party): Promise<void> => {
  const { clock } = world
  const endMs = clock.ms + longestMs
  for (let round = 0; clock.ms < endMs; round++) {
    await runJobs(world, party)
    const due = await nextDue(world)
    if (due === undefined) return
    const pauseMs = Math.max(due - clock.ms, round < fastRounds ? 0 : stepMs)
    await world.sleep(party, Math.min(Math.max(pauseMs, 1), endMs - clock.ms))
  }
}
