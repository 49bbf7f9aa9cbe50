import type { TestPayment } from '../../../services/payment/src/testing.node.ts'
import { type Aggregate, statesOf, steps, transitions } from '../../../services/payment/src/transitions.ts'
import { bear, makeRow, prepareRow, step } from './make-row.ts'

const outcome = (change: Promise<void>): Promise<string> =>
  change.then(
    () => 'done',
    ({ code, constraint_name }: { code?: string; constraint_name?: string }) => `${code} ${constraint_name}`,
  )

/** Tries each pair of states past all verbs: the database lets the listed ones through and refuses every other by name. */
export const tryEveryStep = async ({ sql, resources: { newId } }: TestPayment) => {
  const known = new Set(
    steps().map(({ aggregate, fromState, toState }) => `${aggregate} ${fromState} ${toState}`),
  )
  const wrong: string[] = []
  let pairs = 0
  for (const aggregate of Object.keys(transitions) as Aggregate[])
    for (const fromState of ['new', ...statesOf(aggregate)])
      for (const toState of statesOf(aggregate)) {
        if (fromState === toState) continue
        pairs++
        const row = await (fromState === 'new'
          ? prepareRow(sql, aggregate, newId)
          : makeRow(sql, aggregate, newId, fromState))
        const came = await outcome(
          fromState === 'new' ? bear(sql, aggregate, row, toState) : step(sql, aggregate, row.id, toState),
        )
        const isLegal = known.has(`${aggregate} ${fromState} ${toState}`)
        const due = isLegal ? 'done' : `23514 ${aggregate}_transition`
        if (came !== due) wrong.push(`${aggregate}: ${fromState} → ${toState} was ${came}`)
      }
  return { pairs, wrong }
}
