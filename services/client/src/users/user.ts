import { Id, Locale } from '@kontora/validation'
import * as v from 'valibot'

export const Kind = v.picklist(['person', 'company'])
export type Kind = v.InferOutput<typeof Kind>

export const State = v.picklist(['active', 'blocked', 'deleted'])
export type State = v.InferOutput<typeof State>

export const User = v.object({
  userId: Id,
  email: v.nullable(v.string()),
  displayName: v.string(),
  locale: Locale,
  kind: Kind,
  inn: v.nullable(v.string()),
  kpp: v.nullable(v.string()),
  state: State,
})
export type User = v.InferOutput<typeof User>

type Requisites = { kind: Kind; inn?: string | undefined; kpp?: string | undefined }

/** A company's ИНН has 10 digits and it alone has a КПП; a person's, an entrepreneur's too, has 12. */
export const wrongRequisites = ({ kind, inn, kpp }: Requisites): Record<string, string> => {
  const digits = kind === 'company' ? 10 : 12
  return {
    ...(inn !== undefined && inn.length !== digits && { inn: `${digits} digits for a ${kind}` }),
    ...(kpp !== undefined && kind !== 'company' && { kpp: 'only of a company' }),
  }
}
