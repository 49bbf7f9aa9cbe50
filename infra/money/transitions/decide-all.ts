import { Problem } from '@kontora/service'
import type { TestPayment } from '../../../services/payment/src/testing.node.ts'
import {
  type Aggregate,
  stateAfter,
  statesOf,
  transitions,
} from '../../../services/payment/src/transitions.ts'
import { happenToAttempts } from './happen-to-attempts.ts'
import { happenToInvoices } from './happen-to-invoices.ts'
import { happenToMoves } from './happen-to-moves.ts'
import { happenToRefunds } from './happen-to-refunds.ts'
import type { Happening } from './happening.ts'
import { makeRow } from './make-row.ts'

const happenings: Record<Aggregate, Happening[]> = {
  invoices: happenToInvoices,
  attempts: happenToAttempts,
  refunds: happenToRefunds,
  hold_moves: happenToMoves,
}

/** Nothing else is due, so that a job works on the one row. */
const quiet = async ({ sql }: TestPayment): Promise<void> => {
  await sql`update attempts set ask_at = null, start_at = null where ask_at is not null or start_at is not null`
  await sql`update refunds set ask_at = null where ask_at is not null`
  await sql`update hold_moves set ask_at = null where ask_at is not null`
}

/** Verbs refuse by a Problem. */
const unlessRefused = async (work: Promise<unknown>): Promise<void> => {
  await work.catch((error: unknown) => {
    if (!(error instanceof Problem)) throw error
  })
}

const eventsOf = (aggregate: Aggregate): Set<string> =>
  new Set(Object.values(transitions[aggregate]).flatMap((events) => Object.keys(events)))

/** Each event happens by the real verbs to a row in each state, which is then in the state that the rule says. */
export const decideAll = async (payment: TestPayment) => {
  const { sql, resources } = payment
  const wrong: string[] = []
  let pairs = 0
  for (const aggregate of Object.keys(transitions) as Aggregate[]) {
    const tried = new Set(happenings[aggregate].flatMap(({ events }) => events))
    for (const event of eventsOf(aggregate))
      if (!tried.has(event)) wrong.push(`${aggregate}: nothing makes ${event} happen`)
    for (const state of statesOf(aggregate))
      for (const { events: first, instead = first, happen } of happenings[aggregate]) {
        pairs++
        const events = state === 'requested' ? first : instead
        await quiet(payment)
        const row = await makeRow(sql, aggregate, resources.newId, state)
        await unlessRefused(happen(resources, row))
        const [came] = await sql<
          { state: string }[]
        >`select state from ${sql(aggregate)} where id = ${row.id}`
        const due = events.reduce((now, event) => stateAfter(aggregate, now, event), state)
        if (came?.state !== due)
          wrong.push(`${aggregate}: ${state} and ${events.join(', ')} made ${came?.state}, not ${due}`)
      }
  }
  return { pairs, wrong }
}
