import type { User } from '@kontora/access'
import { Problem } from '@kontora/service'
import { Id } from '@kontora/validation'
import * as v from 'valibot'

/** A machine owns nothing, and its name is no id that a query could take. */
export const payerOf = ({ id, machine }: User): string => {
  if (machine || !v.is(Id, id)) throw new Problem('forbidden', 'Only a person has invoices')
  return id
}
