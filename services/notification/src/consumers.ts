import {
  authCodeRequested,
  authDeviceAdded,
  authIdentityDisputed,
  authIdentityLinked,
  authIdentityUnlinked,
  authPasskeyAdded,
  authPasskeyRemoved,
  authRecoveryCodesMade,
  authRecoveryCodeUsed,
  authRefreshReused,
  clientUserDeleted,
  documentsRejected,
  documentsRequested,
  documentsReviewed,
  type Emitter,
  type Envelope,
  type Handler,
  on,
  paymentInvoiceIssued,
  paymentInvoicePaid,
  paymentInvoicePartlyPaid,
  paymentInvoiceReminderDue,
  paymentRefundSettled,
} from '@kontora/events'
import { Id } from '@kontora/validation'
import * as v from 'valibot'
import { forgetPerson } from './messages/forget-person.ts'
import { queueCode } from './messages/queue-code.ts'
import { queueMessages } from './messages/queue-message.ts'
import type { Resources } from './resources.ts'
import type { LetterContent } from './templates/letter-content.ts'

/** Tells the person of it; `undefined` is nothing to tell. */
const tell =
  <Told extends { userId: string }>(contentOf: (told: Told) => LetterContent | undefined) =>
  async (resources: Resources, who: Emitter, told: Told, { subject }: Envelope): Promise<void> => {
    const content = contentOf(told)
    const about = v.is(Id, subject) && { aboutId: subject }
    if (content) await queueMessages(resources, who, { userIds: [told.userId], content, ...about })
  }

const sumOf = (kind: 'invoice-issued' | 'invoice-paid' | 'refund-settled') =>
  tell<{ userId: string; amountKopecks: number }>(({ amountKopecks }) => ({ kind, amountKopecks }))

const partlyPaid = tell<{ userId: string; amountKopecks: number; leftKopecks: number }>(
  ({ amountKopecks, leftKopecks }) => ({ kind: 'invoice-partly-paid', amountKopecks, leftKopecks }),
)

type Reminder = { userId: string; amountKopecks: number; leftKopecks: number; dueOn: string; days: number }
const reminded = tell<Reminder>(({ amountKopecks, leftKopecks, dueOn, days }) => {
  return { kind: 'invoice-reminder', amountKopecks, leftKopecks, dueOn, isOverdue: days > 0 }
})

const requested = tell<{ userId: string; kind: string; dueOn: string | null }>(({ kind, dueOn }) => ({
  kind: 'document-requested',
  documentKind: kind,
  dueOn,
}))

const accepted = tell<{ userId: string; decision: string }>(({ decision }) =>
  decision === 'accepted' ? { kind: 'document-accepted' } : undefined,
)

const rejected = tell<{ userId: string; reasonCode: string }>(({ reasonCode }) => ({
  kind: 'document-rejected',
  reasonCode,
}))

type ByProvider = { provider: string; label?: { ru: string; en: string } | undefined }
const wayOf = ({ provider, label = { ru: provider, en: provider } }: ByProvider) => label

const identity = (kind: 'identity-linked' | 'identity-unlinked' | 'device-added') =>
  tell<ByProvider & { userId: string }>((told) => ({ kind, way: wayOf(told) }))

const ofProof = (kind: 'passkey-added' | 'passkey-removed' | 'recovery-codes-made') =>
  tell<{ userId: string }>(() => ({ kind }))

const recoveryCodeUsed = tell<{ userId: string; left: number }>(({ left }) => ({
  kind: 'recovery-code-used',
  left,
}))

/** Each of the two hears of it, and neither who the other is. */
const disputed = (
  resources: Resources,
  who: Emitter,
  { userIds, caseId, ...told }: ByProvider & { userIds: string[]; caseId: string },
): Promise<void> =>
  queueMessages(resources, who, { userIds, content: { kind: 'identity-disputed', way: wayOf(told), caseId } })

const free = { policy: 'go-on' } as const

/** Letters do not depend on each other, so none waits for one that failed; a code is dropped rather than told late. */
export const consumers: Handler<Resources>[] = [
  on('send-code', authCodeRequested, queueCode, { ...free, deadLetter: false }),
  on('tell-invoice-issued', paymentInvoiceIssued, sumOf('invoice-issued'), free),
  on('tell-invoice-paid', paymentInvoicePaid, sumOf('invoice-paid'), free),
  on('tell-invoice-partly-paid', paymentInvoicePartlyPaid, partlyPaid, free),
  on('tell-invoice-reminder', paymentInvoiceReminderDue, reminded, free),
  on('tell-refund-settled', paymentRefundSettled, sumOf('refund-settled'), free),
  on('tell-document-requested', documentsRequested, requested, free),
  on('tell-document-accepted', documentsReviewed, accepted, free),
  on('tell-document-rejected', documentsRejected, rejected, free),
  on('tell-identity-linked', authIdentityLinked, identity('identity-linked'), free),
  on('tell-identity-unlinked', authIdentityUnlinked, identity('identity-unlinked'), free),
  on('tell-identity-disputed', authIdentityDisputed, disputed, free),
  on('tell-device-added', authDeviceAdded, identity('device-added'), free),
  on('tell-passkey-added', authPasskeyAdded, ofProof('passkey-added'), free),
  on('tell-passkey-removed', authPasskeyRemoved, ofProof('passkey-removed'), free),
  on('tell-recovery-codes-made', authRecoveryCodesMade, ofProof('recovery-codes-made'), free),
  on('tell-recovery-code-used', authRecoveryCodeUsed, recoveryCodeUsed, free),
  on(
    'tell-session-taken',
    authRefreshReused,
    tell<{ userId: string }>(() => ({ kind: 'session-taken' })),
    free,
  ),
  on('forget-person', clientUserDeleted, forgetPerson, free),
]
