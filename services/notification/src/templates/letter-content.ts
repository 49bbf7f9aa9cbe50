import { DateOnly, Kopecks, type Locale } from '@kontora/validation'
import * as v from 'valibot'

const sum = { amountKopecks: Kopecks }
const rest = { ...sum, leftKopecks: Kopecks }

/** How people know a provider that they sign in by. */
const way = { way: v.object({ ru: v.string(), en: v.string() }) }

/** What a template is filled with, besides the person's name: it lies in the row, so neither code nor address is here. */
export const LetterContent = v.variant('kind', [
  v.object({ kind: v.literal('invoice-issued'), ...sum }),
  v.object({ kind: v.literal('invoice-paid'), ...sum }),
  v.object({ kind: v.literal('invoice-partly-paid'), ...rest }),
  v.object({ kind: v.literal('invoice-reminder'), ...rest, dueOn: DateOnly, isOverdue: v.boolean() }),
  v.object({ kind: v.literal('refund-settled'), ...sum }),
  v.object({ kind: v.literal('document-requested'), documentKind: v.string(), dueOn: v.nullable(DateOnly) }),
  v.object({ kind: v.literal('document-accepted') }),
  v.object({ kind: v.literal('document-rejected'), reasonCode: v.string() }),
  v.object({ kind: v.literal('identity-linked'), ...way }),
  v.object({ kind: v.literal('identity-unlinked'), ...way }),
  v.object({ kind: v.literal('identity-disputed'), ...way, caseId: v.string() }),
  v.object({ kind: v.literal('device-added'), ...way }),
  v.object({ kind: v.literal('session-taken') }),
  v.object({ kind: v.literal('passkey-added') }),
  v.object({ kind: v.literal('passkey-removed') }),
  v.object({ kind: v.literal('recovery-codes-made') }),
  v.object({ kind: v.literal('recovery-code-used'), left: v.number() }),
  v.object({ kind: v.literal('mailing'), subject: v.string(), text: v.string() }),
])
export type LetterContent = v.InferOutput<typeof LetterContent>
export type MessageKind = LetterContent['kind'] | 'login-code'

/** So many recovery codes are few. */
export const few = 3

/** Never stored but sealed. */
export type CodeContent = {
  kind: 'login-code'
  code: string
  minutes: number
  purpose: 'sign-in' | 'second-proof'
}

export type Reader = { locale: Locale; displayName: string | null }

/** A letter before it has a form: what is text here is escaped by the form, wherever it came from. */
export type Draft = { subject: string; greeting: string | null; blocks: Block[] }
/** `pay` leads to where the invoice is paid, where there is such a place. */
export type Block = { text: string } | { code: string } | { link: string } | { pay: string }
/** Where letters lead. */
export type Links = { portalUrl: string; payUrl?: string }
