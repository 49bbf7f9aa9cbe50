/** `refused`: the bank says no, in its own words. `unclear`: what was asked may have been done. */
export class VtbFault extends Error {
  readonly kind: 'refused' | 'unclear'
  readonly code: string

  constructor(kind: 'refused' | 'unclear', code: string) {
    super(`ВТБ: ${kind} (${code})`)
    this.name = 'VtbFault'
    this.kind = kind
    this.code = code
  }
}

export const isRefusal = (error: unknown): error is VtbFault =>
  error instanceof VtbFault && error.kind === 'refused'
