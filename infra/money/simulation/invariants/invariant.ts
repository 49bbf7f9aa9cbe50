import type { Pool } from '@kontora/postgres'
import type { Order } from '../../../simulators/vtb/order.ts'

/** A history that has come to rest: our tables, and the bank's own book. */
export type Rest = { sql: Pool; orders: Order[] }

/** Each answer is one breach, in words; none is well. */
export type Invariant = (rest: Rest) => Promise<string[]>
