/**
 * `business`: the configuration refuses, a person must look. `unavailable`: ask again later, what was asked may have been
 * done. `configuration`: the composition or the mapping is wrong, no repeat helps. `access`: we are not let in; to go on
 * asking may lock the account.
 */
export type OneCFaultKind = 'business' | 'unavailable' | 'configuration' | 'access'

type More = { retryAfterMs?: number | undefined }

export class OneCFault extends Error {
  readonly kind: OneCFaultKind
  /** 1С's own number, an HTTP status, or a word of ours. */
  readonly code: string
  /** 1С's Russian words, for the operator's eyes only: they may hold names, so they are no part of the message. */
  readonly text: string | undefined
  /** How long 1С or its web server wants to be left alone. */
  readonly retryAfterMs: number | undefined

  constructor(kind: OneCFaultKind, code: string, text?: string, { retryAfterMs }: More = {}) {
    super(`1С: ${kind} (${code})`)
    this.name = 'OneCFault'
    this.kind = kind
    this.code = code
    this.text = text
    this.retryAfterMs = retryAfterMs
  }
}

/** Whether the whole base is away or busy, not this one document alone: somebody has the object open in a form. */
export const isOfBase = ({ kind, code }: OneCFault): boolean =>
  kind === 'access' || (kind === 'unavailable' && code !== 'locked')
