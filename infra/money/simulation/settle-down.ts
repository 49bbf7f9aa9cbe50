import { hourMs } from './actors/actor.ts'
import { decideShown } from './decide-shown.ts'
import type { Party } from './schedule.ts'
import type { World } from './world.ts'

const dayMs = 24 * hourMs
/** An order may be paid for three days after its end, and is asked about for as long; then comes rest. */
const longestMs = 9 * dayMs
const stepMs = 12 * hourMs
const fastRounds = 8
const mostTurns = 6

/** Without what waits for an operator: that is asked about for ever. */
const nextDue = async ({ peek, bank, isVerified }: World): Promise<number | undefined> => {
  const [row] = await peek<{ at: Date | null }[]>`
    select min(at) as at from (
      select least(start_at, ask_at) as at from attempts where state <> 'held'
      union all select ask_at from refunds where ${isVerified} or (state <> 'unknown' and not (state = 'requested' and exists (
        select from refunds unknown where unknown.attempt_id = refunds.attempt_id and unknown.state = 'unknown')))
      union all select ask_at from hold_moves where state <> 'unknown'
      union all select expiry_ask_at from invoices where not exists (
        select from attempts where invoice_id = invoices.id and state in ('held', 'quarantined'))) due`
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

/** Until nothing is due but what waits for an operator. First by each due time, then in long steps. */
const driveOn = async (world: World, party: Party): Promise<void> => {
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

/** Nothing breaks any more; the clock is driven on, and operators decide what they are shown, until there is rest. */
export const settleDown = async (world: World, party: Party): Promise<void> => {
  for (let turn = 0; turn < mostTurns; turn++) {
    await driveOn(world, party)
    if ((await decideShown(world, party)) === 0) return
  }
}
