import type { Aggregate } from '../../../services/payment/src/transitions.ts'

type Columns = Record<string, unknown>
const time = new Date('2026-11-23T09:00:00Z')
const ended = ['settled', 'failed', 'expired', 'reversed', 'quarantined']

/** What a row has besides its state, so that no other constraint refuses it. */
export const columnsOf: Record<Aggregate, (state: string, id: string) => Columns> = {
  invoices: (state, id) => ({
    ...(state !== 'draft' && {
      legalEntityVersion: 1,
      number: id,
      numberYear: 2026,
      numberCount: Number.parseInt(id.slice(-7), 16),
      issuedBy: 'test',
      issuedAt: time,
      expiresAt: time,
    }),
    paidKopecks: state === 'paid' ? 1000 : 0,
    paidAt: state === 'paid' ? time : null,
    cancelledAt: state === 'cancelled' ? time : null,
    expiredAt: state === 'expired' ? time : null,
  }),
  attempts: (state, id) => ({
    mdOrder: ['starting', 'unknown'].includes(state) ? null : id,
    way: state === 'settled' ? 'card' : null,
    endedAt: ended.includes(state) ? time : null,
    refundedKopecks: state === 'settled' ? 10 : 0,
    capture: state === 'held' ? 'manual' : 'auto',
    capturedKopecks: state === 'settled' ? 1000 : null,
    heldAt: state === 'held' ? time : null,
  }),
  hold_moves: (state) => ({
    attemptedAt: state === 'requested' ? null : time,
    endedAt: state === 'done' || state === 'failed' ? time : null,
  }),
  refunds: (state) => ({
    attemptedAt: state === 'requested' ? null : time,
    refundedBeforeKopecks: state === 'requested' ? null : 0,
    depositedBeforeKopecks: state === 'requested' ? null : 1000,
    endedAt: state === 'settled' || state === 'failed' ? time : null,
  }),
}
