import type { Sql } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import type { DocumentCard, DocumentState } from './document.ts'

type Summary = Omit<DocumentCard, 'storedAt' | 'versions' | 'review'> & { storedAt: Date }
type Version = Omit<DocumentCard['versions'][number], 'storedAt'> & { storedAt: Date }
type Reviewed = Omit<NonNullable<DocumentCard['review']>, 'reviewedAt'> & { reviewedAt: Date }

/** Who asks, and whether other people's documents are open to him. */
export type Reader = { userId: string; all: boolean }

type Wanted = {
  state?: DocumentState | undefined
  userId?: string | undefined
  cursor?: string | undefined
  limit: number
}

const summary = (sql: Sql) => sql`
  documents.id as document_id, request_id, documents.user_id, kind, title, documents.state, stored_at`

const inText = <Row extends { storedAt: Date }>(row: Row) => ({
  ...row,
  storedAt: row.storedAt.toISOString(),
})

export const listDocuments = async (sql: Sql, { limit, ...wanted }: Wanted) => {
  const { state = null, userId = null, cursor = null } = wanted
  const rows = await sql<Summary[]>`
    select ${summary(sql)} from documents join requests on requests.id = request_id
    where (${state}::text is null or documents.state = ${state})
      and (${userId}::uuid is null or documents.user_id = ${userId}::uuid)
      and (${cursor}::uuid is null or documents.id > ${cursor}::uuid)
    order by documents.id limit ${limit}`
  return rows.map(inText)
}

export const readDocument = async (sql: Sql, { userId, all }: Reader, id: string): Promise<DocumentCard> => {
  const [row] = await sql<Summary[]>`
    select ${summary(sql)} from documents join requests on requests.id = request_id
    where documents.id = ${id} and (documents.user_id = ${userId} or ${all})`
  if (!row) throw new Problem('not-found', 'No such document')
  const versions = await sql<Version[]>`
    select versions.id as version_id, number, file_name, content_type, size_bytes, sha256, stored_at
    from versions join uploads on uploads.id = upload_id where document_id = ${id} order by number`
  const [review] = await sql<Reviewed[]>`
    select version_id, decision, reason_code, comment, reviewed_at
    from reviews where document_id = ${id} order by reviewed_at desc, id desc limit 1`
  return {
    ...inText(row),
    versions: versions.map(inText),
    review: review ? { ...review, reviewedAt: review.reviewedAt.toISOString() } : null,
  }
}
