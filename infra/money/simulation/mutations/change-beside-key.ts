import { poolOf } from '@kontora/postgres'
import type { Mutation } from './mutation.ts'

/** A change beside the transaction of its Idempotency-Key: a crash forgets the key, not the invoice. */
export const changeBesideKey: Mutation = (verbs) => ({
  ...verbs,
  issueInvoice: (resources, who, what) =>
    verbs.issueInvoice({ ...resources, sql: poolOf(resources.sql) }, who, what),
})
