import type { Sql } from '@kontora/postgres'
import { DateOnly, Id, Name } from '@kontora/validation'
import * as v from 'valibot'
import { dayOf, InvoiceState } from '../invoice.ts'

/** `issued` is every unpaid one, `partly-paid` and `overdue` are some of these. */
const SoughtState = v.picklist([...InvoiceState.options, 'partly-paid', 'overdue'])

/** Kopecks as a query writes them. */
const KopecksText = v.pipe(
  v.string(),
  v.regex(/^\d{1,16}$/, 'a whole number of kopecks'),
  v.transform(Number),
  v.safeInteger(),
)

/** Each one narrows; days are Moscow's, both ends included; `number` is how it begins. */
export const searchFields = {
  number: v.optional(Name(50)),
  userId: v.optional(Id),
  legalEntityId: v.optional(Id),
  state: v.optional(SoughtState),
  issuedFrom: v.optional(DateOnly),
  issuedTo: v.optional(DateOnly),
  dueFrom: v.optional(DateOnly),
  dueTo: v.optional(DateOnly),
  amountFromKopecks: v.optional(KopecksText),
  amountToKopecks: v.optional(KopecksText),
}
const Search = v.object(searchFields)
export type InvoiceSearch = v.InferOutput<typeof Search>

const dayMs = 24 * 60 * 60_000

/** Moscow has kept its clock since 2014. */
const startOf = (day: string): Date => new Date(`${day}T00:00:00+03:00`)
const endOf = (day: string): Date => new Date(startOf(day).getTime() + dayMs)

type Condition = ReturnType<Sql>

const inState = (sql: Sql, state: v.InferOutput<typeof SoughtState>, today: string): Condition => {
  if (state === 'partly-paid') return sql`state = 'issued' and paid_kopecks > 0`
  if (state === 'overdue') return sql`state = 'issued' and due_on < ${today}::date`
  return sql`state = ${state}`
}

/** Absent fields are no condition, so that a plan has only what was asked. */
export const soughtBy = (sql: Sql, search: InvoiceSearch, time: Date): Condition => {
  const { number, userId, legalEntityId, state } = search
  const conditions = [
    number !== undefined && sql`number collate "C" between ${number} and ${`${number}\u{10ffff}`}`,
    userId !== undefined && sql`user_id = ${userId}`,
    legalEntityId !== undefined && sql`legal_entity_id = ${legalEntityId}`,
    state !== undefined && inState(sql, state, dayOf(time)),
    ...ranges(sql, search),
  ]
  return conditions.reduce<Condition>(
    (all, condition) => (condition ? sql`${all} and ${condition}` : all),
    sql`true`,
  )
}

const ranges = (sql: Sql, search: InvoiceSearch): (Condition | false)[] => {
  const { issuedFrom, issuedTo, dueFrom, dueTo, amountFromKopecks, amountToKopecks } = search
  return [
    issuedFrom !== undefined && sql`issued_at >= ${startOf(issuedFrom)}`,
    issuedTo !== undefined && sql`issued_at < ${endOf(issuedTo)}`,
    dueFrom !== undefined && sql`due_on >= ${dueFrom}::date`,
    dueTo !== undefined && sql`due_on <= ${dueTo}::date`,
    amountFromKopecks !== undefined && sql`amount_kopecks >= ${amountFromKopecks}::bigint`,
    amountToKopecks !== undefined && sql`amount_kopecks <= ${amountToKopecks}::bigint`,
  ]
}
