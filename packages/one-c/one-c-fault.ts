/**
 * `business`: the configuration refuses, a person must look. `unavailable`: ask again later, what was asked may have been
 * done. `configuration`: rights, composition or mapping are wrong, no repeat helps.
 */
export type OneCFaultKind = 'business' | 'unavailable' | 'configuration'

export class OneCFault extends Error {
  readonly kind: OneCFaultKind
  /** 1С's own number, an HTTP status, or a word of ours. */
  readonly code: string
  /** 1С's Russian words, for the operator's eyes only: they may hold names, so they are no part of the message. */
  readonly text: string | undefined

  constructor(kind: OneCFaultKind, code: string, text?: string) {
    super(`1С: ${kind} (${code})`)
    this.name = 'OneCFault'
    this.kind = kind
    this.code = code
    this.text = text
  }
}
