import type { Pool } from '@kontora/postgres'
import { simulatedSellerId } from '@kontora/testing'
import { bankNumber } from '@kontora/validation'
import { type Aggregate, steps } from '../../../services/payment/src/transitions.ts'
import { columnsOf } from './columns.ts'

export type Row = { id: string; invoiceId: string; attemptId: string; userId: string }
const time = new Date('2026-11-23T09:00:00Z')

/** From birth to a state by legal steps, the shortest way. */
export const pathTo = (aggregate: Aggregate, state: string): string[] => {
  const known = steps().filter((step) => step.aggregate === aggregate)
  const paths = [['new']]
  for (let path = paths.shift(); path; path = paths.shift()) {
    if (path.at(-1) === state) return path.slice(1)
    const next = known.filter(
      ({ fromState, toState }) => fromState === path?.at(-1) && !path.includes(toState),
    )
    paths.push(...next.map(({ toState }) => [...path, toState]))
  }
  throw new Error(`No step leads to ${state} of ${aggregate}`)
}

/** A row as it would be born, in whichever state; what it hangs on must stand there. */
export const bear = async (sql: Pool, aggregate: Aggregate, row: Row, state: string): Promise<void> => {
  const { id, invoiceId, attemptId, userId } = row
  const more = columnsOf[aggregate](state, id)
  const common = { id, userId, state, ...more }
  if (aggregate === 'hold_moves')
    await sql`insert into hold_moves ${sql({ id, attemptId, state, ...more, kind: 'capture', amountKopecks: 1000, reason: 'test', requestedBy: 'test', requestedAt: time })}`
  if (aggregate === 'invoices')
    await sql`insert into invoices ${sql({ ...common, legalEntityId: simulatedSellerId, amountKopecks: 1000, draftedBy: 'test', draftedAt: time })}`
  if (aggregate === 'attempts')
    await sql`insert into attempts ${sql({ ...common, invoiceId, amountKopecks: 1000, orderNumber: bankNumber(id), wantsQr: false, startedAt: time })}`
  if (aggregate === 'refunds')
    await sql`insert into refunds ${sql({ ...common, attemptId, invoiceId, amountKopecks: 10, reason: 'test', refundNumber: bankNumber(id), requestedBy: 'test', requestedAt: time })}`
}

export const step = async (sql: Pool, aggregate: Aggregate, id: string, state: string): Promise<void> => {
  await sql`update ${sql(aggregate)} set ${sql({ state, ...columnsOf[aggregate](state, id) })} where id = ${id}`
}

/** To the books every later document of an invoice comes after the invoice's own. */
const queueInvoice = async (sql: Pool, { invoiceId, userId }: Row): Promise<void> => {
  const document = { id: invoiceId, documentId: invoiceId, invoiceId, userId, kind: 'invoice', afterId: null }
  const rest = { amountKopecks: 1000, state: 'waiting', attempts: 0, createdAt: time, happenedAt: time }
  await sql`insert into exports ${sql({ ...document, ...rest })}`
}

const bring = async (sql: Pool, aggregate: Aggregate, row: Row, state: string): Promise<void> => {
  const [birth = '', ...rest] = pathTo(aggregate, state)
  await bear(sql, aggregate, row, birth)
  for (const next of rest) await step(sql, aggregate, row.id, next)
  if (aggregate === 'invoices' && rest.includes('issued')) await queueInvoice(sql, row)
}

/** What the row hangs on, and nothing of itself. */
export const prepareRow = async (sql: Pool, aggregate: Aggregate, newId: () => string): Promise<Row> => {
  const [invoiceId, attemptId, lastId, userId] = [newId(), newId(), newId(), newId()]
  const own = { invoices: invoiceId, attempts: attemptId, refunds: lastId, hold_moves: lastId }
  const row = { invoiceId, attemptId, userId }
  if (aggregate !== 'invoices') await bring(sql, 'invoices', { ...row, id: invoiceId }, 'issued')
  if (aggregate === 'refunds') await bring(sql, 'attempts', { ...row, id: attemptId }, 'settled')
  if (aggregate === 'hold_moves') await bring(sql, 'attempts', { ...row, id: attemptId }, 'held')
  return { ...row, id: own[aggregate] }
}

export const makeRow = async (
  sql: Pool,
  aggregate: Aggregate,
  newId: () => string,
  state: string,
): Promise<Row> => {
  const row = await prepareRow(sql, aggregate, newId)
  await bring(sql, aggregate, row, state)
  return row
}
