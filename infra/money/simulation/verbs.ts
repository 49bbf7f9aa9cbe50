import { createApp } from '@kontora/service'
import { askBank } from '../../../services/payment/src/attempts/ask-bank.ts'
import { registerAttempts } from '../../../services/payment/src/attempts/register-attempts.ts'
import { startAttempt } from '../../../services/payment/src/attempts/start-attempt.ts'
import { callbacks } from '../../../services/payment/src/callbacks/routes.ts'
import { decideAttempt } from '../../../services/payment/src/decisions/decide-attempt.ts'
import { decideMove } from '../../../services/payment/src/decisions/decide-move.ts'
import { decideRefund } from '../../../services/payment/src/decisions/decide-refund.ts'
import { moveHolds } from '../../../services/payment/src/holds/move-holds.ts'
import { requestMove } from '../../../services/payment/src/holds/request-move.ts'
import { cancelInvoice } from '../../../services/payment/src/invoices/cancel-invoice.ts'
import { draftInvoice } from '../../../services/payment/src/invoices/draft-invoice.ts'
import { expireInvoices } from '../../../services/payment/src/invoices/expire-invoices.ts'
import { issueDraft, issueInvoice } from '../../../services/payment/src/invoices/issue-invoice.ts'
import { requestRefund } from '../../../services/payment/src/refunds/request-refund.ts'
import { sendRefunds } from '../../../services/payment/src/refunds/send-refunds.ts'
import type { Resources } from '../../../services/payment/src/resources.ts'

const door = createApp<Resources>({ title: 'Simulation', description: '' }).route('/', callbacks)

/** A job: how many rows it took. */
type Run = (resources: Resources) => Promise<number>

/** What the service can do, as the simulation calls it: a planted bug takes a verb's place here, never in the source. */
export const verbs = {
  issueInvoice,
  draftInvoice,
  issueDraft,
  cancelInvoice,
  startAttempt,
  requestRefund,
  requestMove,
  decideAttempt,
  decideMove,
  decideRefund,
  /** The bank's call, from its checksum on. */
  receiveCallback: async (resources: Resources, request: Request): Promise<Response> =>
    door.request(request, undefined, resources),
  jobs: {
    'start-attempts': registerAttempts,
    'ask-bank': askBank,
    'send-refunds': sendRefunds,
    'expire-invoices': expireInvoices,
    'move-holds': moveHolds,
  } as Record<string, Run>,
}
export type Verbs = typeof verbs
