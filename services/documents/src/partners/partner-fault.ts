/**
 * `business`: the partner refuses what we sent, a person must look. `unavailable`: ask again later, it may have been done.
 * `configuration`: our key or address is wrong.
 */
export type PartnerFaultKind = 'business' | 'unavailable' | 'configuration'

/** Says who, and a number or a word of ours: never a value, an address or the partner's text. */
export class PartnerFault extends Error {
  readonly partner: string
  readonly kind: PartnerFaultKind
  readonly code: string

  constructor(partner: string, kind: PartnerFaultKind, code: string) {
    super(`${partner}: ${kind} (${code})`)
    this.name = 'PartnerFault'
    this.partner = partner
    this.kind = kind
    this.code = code
  }
}
