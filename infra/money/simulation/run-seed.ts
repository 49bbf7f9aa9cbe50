import { minuteMs } from './actors/actor.ts'
import { actors } from './actors/index.ts'
import { replica } from './actors/replica.ts'
import type { SeededChance } from './chance.ts'
import type { SimulationDatabase } from './database.ts'
import { invariants } from './invariants/index.ts'
import { settleDown } from './settle-down.ts'
import { verbs as realVerbs, type Verbs } from './verbs.ts'
import { openWorld, type World } from './world.ts'

export type Breach = { invariant: string; what: string }
export type History = {
  seed: number
  breaches: Breach[]
  callbacks: number
  steps: number
  lines: string[]
  /** Of everything that the tables hold at the end. */
  digest: string
}
export type SeedOptions = {
  verbs?: Verbs
  /** Names of people (`payer-3`), faults and `crashes` that this history does without. */
  without?: ReadonlySet<string>
}

/** What is no state at rest but was seen on the way. */
export const onTheWay = 'no promise broken on the way'

/** What stands in the contract with the bank. Only a verified one tells a repeated refund by its number. */
const bankOf = ({ isVerified }: World, { happens }: SeededChance) => ({
  externalRefundId: isVerified,
  expectedDepositedAmount: happens(300),
  qrOutlivesSession: happens(800),
})

/** One history, from empty tables to rest, and what is wrong with it. */
export const runSeed = async (
  { sessions, peek, clear, digest }: SimulationDatabase,
  seed: number,
  { verbs = realVerbs, without = new Set() }: SeedOptions = {},
): Promise<History> => {
  await clear()
  const lines: string[] = []
  const breaches: Breach[] = []
  const broken = (what: string) => void breaches.push({ invariant: onTheWay, what })
  const record = (line: string) => void lines.push(line)
  const opened = openWorld({ seed, verbs, without, sessions, peek, record, broken })
  const { world, chance } = opened
  try {
    await world.bank.set(bankOf(world, chance('contract')))
    for (const [kind, { count, beginsMs, play }] of Object.entries(actors))
      for (let n = 1; n <= count(chance(kind)); n++) {
        const name = `${kind}-${n}`
        const own = chance(name)
        const begins = beginsMs(own)
        if (!without.has(name)) world.spawn(name, begins, (party) => play(world, party, own))
      }
    for (let n = 1; n <= replica.count(chance('replica')); n++)
      opened.start(`replica-${n}`, (party) => replica.play(world, party, chance(`replica-${n}`)))
    opened.start('end', async (party) => {
      while (world.people() > 0) await world.sleep(party, 30 * minuteMs)
      world.becomeCalm()
      await world.act(party, 'the bank is well', () =>
        world.bank.set({ refundFails: false, refundPendingMs: 0 }),
      )
      await settleDown(world, party)
    })
    await opened.run().catch((error: unknown) => {
      broken(String(error))
      return sessions.killAll()
    })
    const rest = { sql: peek, orders: world.bank.orders() }
    for (const [invariant, check] of Object.entries(invariants))
      for (const what of await check(rest)) breaches.push({ invariant, what })
    const steps = lines.length
    return { seed, breaches, callbacks: world.wire.delivered(), steps, lines, digest: await digest() }
  } finally {
    opened.close()
  }
}
