import type { Outcome } from '../resend/outcome.ts'
import type { MessageKind } from '../templates/letter-content.ts'

/**
 * `waiting` for the address, `ready` with a frozen letter, `parked` for the operator, then what became of it; `skipped`
 * was never to be sent. `failed` stands above `sent`: the provider may give up what it took.
 */
export const messageStates = [
  'waiting',
  'ready',
  'parked',
  'skipped',
  'expired',
  'sent',
  'failed',
  'delivered',
  'bounced',
  'complained',
] as const
export type MessageState = (typeof messageStates)[number]

/** A state is never lowered: webhooks come in any order. */
export const isHigher = (next: MessageState, than: MessageState): boolean =>
  messageStates.indexOf(next) > messageStates.indexOf(than)

export const priorityOf = (kind: MessageKind): number => {
  if (kind === 'login-code') return 0
  return kind === 'mailing' ? 2 : 1
}

export const letterPurpose = (messageId: string): string => `letter ${messageId}`

const second = 1000
const inSeconds = (waits: number[]): number[] => waits.map((seconds) => seconds * second)
/** Somebody sits before the screen and waits for a code. */
const codeWaitsMs = inSeconds([1, 2, 4, 8, 15])
const letterWaitsMs = inSeconds([2, 5, 15, 60, 300, 900, 3600])

/** The provider forgets a key after 24 h: an unknown outcome older than this is an operator's to settle, not a resend's. */
const safelyRepeatedMs = 23 * 3600 * second

export type NextStep = { state: 'ready'; askAt: Date } | { state: 'parked' }

export const nextStep = (
  outcome: Outcome & { kind: 'later' },
  { kind, attempts, firstAskedAt }: { kind: string; attempts: number; firstAskedAt: Date },
  now: Date,
): NextStep => {
  const waitsMs = kind === 'login-code' ? codeWaitsMs : letterWaitsMs
  const wait = waitsMs[Math.min(attempts, waitsMs.length) - 1] ?? second
  const askAt = outcome.notBefore ?? new Date(now.getTime() + wait)
  return askAt.getTime() - firstAskedAt.getTime() > safelyRepeatedMs
    ? { state: 'parked' }
    : { state: 'ready', askAt }
}
