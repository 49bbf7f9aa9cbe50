/**
 * `refused`: the bank says no, in its own words. `unclear`: what was asked may have been done. `not-sent`: nothing left our
 * house, so nothing was done.
 */
export type FaultKind = 'refused' | 'unclear' | 'not-sent'

/** `code` is the bank's or a fixed word of ours: never a value that was sent. */
export class BankFault extends Error {
  readonly kind: FaultKind
  readonly code: string
  /** How long the bank, or our own breaker, wants to be left alone. */
  readonly retryAfterMs: number

  constructor(kind: FaultKind, code: string, retryAfterMs = 0) {
    super(`The bank: ${kind} (${code})`)
    this.name = 'BankFault'
    this.kind = kind
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}

export const isRefusal = (error: unknown): error is BankFault =>
  error instanceof BankFault && error.kind === 'refused'

export const isNotSent = (error: unknown): error is BankFault =>
  error instanceof BankFault && error.kind === 'not-sent'
