import type { Roubles } from './roubles.ts'

/** Text that 1С must keep as it was sent: a value of an enumeration, a kind of operation. */
export type Exact = { readonly exactly: string }
export const exact = (text: string): Exact => ({ exactly: text })

/** Plain text is the accountant's to change afterwards; money, numbers, references and exact text are not. */
export type OneCValue = string | number | boolean | Roubles | Exact | OneCRow[]
export type OneCRow = { [property: string]: OneCValue }
/** What is sent: always under our own key, so that a repeat finds what was made. */
export type OneCEntity = OneCRow & { Ref_Key: string }
/** What 1С answers: its own business. */
export type OneCAnswer = Readonly<Record<string, unknown>>

export const isRoubles = (value: OneCValue): value is Roubles =>
  typeof value === 'object' && 'kopecks' in value
export const isExact = (value: OneCValue): value is Exact => typeof value === 'object' && 'exactly' in value
