import type { Sql } from '@kontora/postgres'
import type { Resources } from '../resources.ts'
import type { CartItem } from './cart.ts'

type Kept = { operationId: string; attemptId: string; items: CartItem[]; closesWhenPaid: boolean }

/** Written before the bank is told, once: whoever comes again with the same operation says the same. */
export const keepCart = async (
  { sql, now }: Pick<Resources, 'now'> & { sql: Sql },
  { items, ...cart }: Kept,
): Promise<CartItem[]> => {
  await sql`
    insert into receipt_carts ${sql({ ...cart, items: sql.json(items), madeAt: now() })} on conflict do nothing`
  return (await readCart(sql, cart.operationId)) ?? items
}

/** What the bank was told of one operation; undefined: it goes without a receipt. */
export const readCart = async (sql: Sql, operationId: string): Promise<CartItem[] | undefined> => {
  const [cart] = await sql<{ items: CartItem[] }[]>`
    select items from receipt_carts where operation_id = ${operationId}`
  return cart?.items
}

/** What refunds of an order took of its cart; one that failed has taken nothing. */
export const readRefunded = async (sql: Sql, attemptId: string, but?: string): Promise<CartItem[]> => {
  const carts = await sql<{ items: CartItem[] }[]>`
    select items from receipt_carts join refunds on refunds.id = operation_id
    where refunds.attempt_id = ${attemptId} and state <> 'failed' and ${but ? sql`refunds.id <> ${but}` : sql`true`}`
  return carts.flatMap(({ items }) => items)
}
