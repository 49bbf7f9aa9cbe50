import type { AttemptState } from './attempts/attempt.ts'
import type { MoveState } from './holds/hold-move.ts'
import type { InvoiceState } from './invoices/invoice.ts'
import type { RefundState } from './refunds/refund.ts'

/** What may happen to a row in each state, and the state it then has. `new` is before its birth. */
type Transitions<State extends string> = Record<State | 'new', { [event: string]: State }>

/** The bank's answers about an order, whatever an attempt is: money wins over any earlier end. */
const money = { pay: 'settled', mismatch: 'quarantined', 'refund-elsewhere': 'quarantined' } as const
/** A hold that came after the end may stand beside a newer attempt. */
const late = { ...money, hold: 'quarantined' } as const
const ends = { decline: 'failed', 'end-session': 'expired', reverse: 'reversed' } as const

const invoices: Transitions<InvoiceState> = {
  new: { draft: 'draft' },
  draft: { issue: 'issued', cancel: 'cancelled' },
  issued: { pay: 'paid', cancel: 'cancelled', expire: 'expired' },
  // Late money brings it to life again.
  expired: { pay: 'paid', 'pay-part': 'issued' },
  // An operator took a transfer back that was matched to it.
  paid: { withdraw: 'issued' },
  cancelled: {},
}

const attempts: Transitions<AttemptState> = {
  new: { start: 'starting' },
  starting: { claim: 'unknown' },
  unknown: { register: 'open', refuse: 'failed' },
  open: { ...money, ...ends, hold: 'held' },
  held: { ...money, ...ends },
  failed: late,
  expired: late,
  reversed: late,
  settled: {},
  quarantined: { 'decide-settled': 'settled', 'decide-failed': 'failed' },
}

const refunds: Transitions<RefundState> = {
  new: { request: 'requested' },
  requested: { send: 'sending' },
  sending: { 'not-send': 'requested', lose: 'unknown', settle: 'settled', fail: 'failed' },
  unknown: { settle: 'settled', fail: 'failed', 'decide-settled': 'settled', 'decide-failed': 'failed' },
  settled: {},
  failed: {},
}

/** What the order has become ends a move also before it was told. */
const orderTells = { do: 'done', fail: 'failed' } as const
const holdMoves: Transitions<MoveState> = {
  new: { request: 'requested' },
  requested: { ...orderTells, send: 'sending' },
  sending: { ...orderTells, 'not-send': 'requested', lose: 'unknown' },
  unknown: { ...orderTells, 'decide-failed': 'failed' },
  done: {},
  failed: {},
}

/** Table → its closed state machine. The table `transitions` of the database holds the same steps, and a trigger no other. */
export const transitions = { invoices, attempts, refunds, hold_moves: holdMoves }
export type Aggregate = keyof typeof transitions

const machineOf = (aggregate: Aggregate): Record<string, Record<string, string>> => transitions[aggregate]

export const statesOf = (aggregate: Aggregate): string[] =>
  Object.keys(machineOf(aggregate)).filter((state) => state !== 'new')

/** Every state and every event has an answer: what is not listed changes nothing. */
export const stateAfter = (aggregate: Aggregate, state: string, event: string): string =>
  machineOf(aggregate)[state]?.[event] ?? state

export type Step = { aggregate: string; fromState: string; toState: string }

export const steps = (): Step[] =>
  (Object.keys(transitions) as Aggregate[]).flatMap((aggregate) =>
    Object.entries(machineOf(aggregate)).flatMap(([fromState, events]) =>
      [...new Set(Object.values(events))].map((toState) => ({ aggregate, fromState, toState })),
    ),
  )
