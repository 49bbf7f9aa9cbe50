import type { Sql } from '@kontora/postgres'
import type * as v from 'valibot'
import type { Delivery, DeliveryState } from './delivery.ts'

type Times = 'askAt' | 'deliveredAt'
type Row = Omit<v.InferOutput<typeof Delivery>, Times> & { askAt: Date; deliveredAt: Date | null }

type Wanted = { documentId?: string | undefined; state?: DeliveryState | undefined; limit: number }

export const readDeliveries = async (sql: Sql, { limit, ...wanted }: Wanted) => {
  const { documentId = null, state = null } = wanted
  const rows = await sql<Row[]>`
    select id as delivery_id, document_id, system, state, attempts, ask_at, reason, told, delivered_at
    from deliveries
    where (${documentId}::uuid is null or document_id = ${documentId}::uuid)
      and (${state}::text is null or state = ${state})
    order by id limit ${limit}`
  return rows.map(({ askAt, deliveredAt, ...row }) => ({
    ...row,
    askAt: askAt.toISOString(),
    deliveredAt: deliveredAt?.toISOString() ?? null,
  }))
}
