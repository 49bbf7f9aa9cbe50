import { openTestPayment, type TestPayment } from '../../../services/payment/src/testing.node.ts'
import { storyOf } from '../../../services/payment/src/testing-story.node.ts'
import { type SeededRandom, seededRandom } from '../../stack/prove/random.ts'

export type Mode = 'verified' | 'unverified'
export type World = {
  payment: TestPayment
  story: ReturnType<typeof storyOf>
  random: SeededRandom
  mode: Mode
  /** How many calls were answered by nothing after they had been done. */
  injected: () => number
}

/** `unverified` with a bank that ignores our numbers: told twice, it would give back twice. */
export const openWorld = async (mode: Mode, seed: number): Promise<World> => {
  const payment = await openTestPayment({ VTB_REFUND_ID: mode })
  await payment.bank.ask('POST', 'settings', { externalRefundId: mode === 'verified' })
  const count = payment.bank.store.query<{ n: number }, []>(
    `select count(*) as n from journal where details like '%"fault":"timeout-after-acting"%'`,
  )
  return {
    payment,
    story: storyOf(payment),
    random: seededRandom(seed),
    mode,
    injected: () => count.get()?.n ?? 0,
  }
}

const jobs = ['start-attempts', 'ask-bank', 'move-holds', 'send-refunds']

/** All jobs, and the clock goes on: longer than the bank is left alone after its first faults. */
export const pass = async ({ payment }: World, rounds: number, ms = 6000): Promise<void> => {
  for (let i = 0; i < rounds; i++) {
    await payment.run(...jobs)
    await payment.advance(ms)
  }
}

/** Quiet, until nothing is left that the bank decides: what nobody paid ends with its session of twenty minutes. */
export const settleDown = async (world: World): Promise<void> => {
  for (let minutes = 0; minutes < 90; minutes++) {
    await pass(world, 1, 60_000)
    const [left] = await world.payment.sql<{ n: number }[]>`
      select count(*)::integer as n from attempts where state in ('starting', 'unknown', 'open')`
    if (left?.n === 0 && minutes > 5) return
  }
}

/** So many of the next calls of each are done and not answered. */
export const plan = ({ payment, random }: World, most: Record<string, number>): Promise<void> =>
  payment.bank.fault(
    ...Object.entries(most)
      .map(([operation, times]) => ({
        operation,
        kind: 'timeout-after-acting',
        times: random.below(times + 1),
      }))
      .filter(({ times }) => times > 0),
  )
