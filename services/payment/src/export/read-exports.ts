import type { Sql } from '@kontora/postgres'
import { Id, Kopecks } from '@kontora/validation'
import * as v from 'valibot'
import { documentKinds } from '../accounting/gateway.ts'

export const ExportState = v.picklist(['waiting', 'exported', 'failed', 'left-out'])
export type ExportState = v.InferOutput<typeof ExportState>

/**
 * `reasonText` is what 1С said, for the operator's eyes; `waitsFor` is the document of the same invoice that must go first,
 * `oneCNumber` the number that 1С gave.
 */
export const ListedExport = v.object({
  id: Id,
  kind: v.picklist(documentKinds),
  documentId: Id,
  invoiceId: Id,
  amountKopecks: Kopecks,
  state: ExportState,
  attempts: v.number(),
  reasonCode: v.nullable(v.string()),
  reasonText: v.nullable(v.string()),
  waitsFor: v.nullable(Id),
  oneCNumber: v.nullable(v.string()),
  createdAt: v.string(),
  askAt: v.nullable(v.string()),
  exportedAt: v.nullable(v.string()),
})
export type ListedExport = v.InferOutput<typeof ListedExport>

type Times = 'createdAt' | 'askAt' | 'exportedAt'
type Row = Omit<ListedExport, Times> & { createdAt: Date; askAt: Date | null; exportedAt: Date | null }

export type WantedExports = {
  limit: number
  cursor?: string | undefined
  state?: ExportState | undefined
  reasonCode?: string | undefined
  invoiceId?: string | undefined
}

/** The newest first. */
export const readExports = async (
  sql: Sql,
  { limit, cursor, state, reasonCode, invoiceId }: WantedExports,
): Promise<ListedExport[]> => {
  const rows = await sql<Row[]>`
    select id, kind, document_id, invoice_id, amount_kopecks, state, attempts, reason_code, reason_text,
      case when state = 'waiting' then (
        select before.id from exports before
        where before.id = exports.after_id and before.state not in ('exported', 'left-out')) end as waits_for,
      one_c_number, created_at, ask_at, exported_at
    from exports
    where ${state ? sql`state = ${state}` : sql`true`} and ${cursor ? sql`id < ${cursor}` : sql`true`}
      and ${reasonCode ? sql`reason_code = ${reasonCode}` : sql`true`}
      and ${invoiceId ? sql`invoice_id = ${invoiceId}` : sql`true`}
    order by id desc limit ${limit}`
  return rows.map(({ createdAt, askAt, exportedAt, ...row }) => ({
    ...row,
    createdAt: createdAt.toISOString(),
    askAt: askAt?.toISOString() ?? null,
    exportedAt: exportedAt?.toISOString() ?? null,
  }))
}
