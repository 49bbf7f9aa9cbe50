import type { Sql } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { Id, Kopecks } from '@kontora/validation'
import * as v from 'valibot'
import { documentKinds } from '../accounting/gateway.ts'
import { differenceKinds } from './compare-documents.ts'

/** Sums are kopecks: ours as sent, 1С's as it has it; `unknown` bears our mark and is none of ours. */
export const ListedDifference = v.object({
  documentId: Id,
  kind: v.nullable(v.picklist(documentKinds)),
  what: v.array(v.picklist(differenceKinds)),
  oursKopecks: v.nullable(Kopecks),
  theirsKopecks: v.nullable(v.number()),
  foundAt: v.string(),
  seenAt: v.string(),
})
export type ListedDifference = v.InferOutput<typeof ListedDifference>

type DifferenceRow = Omit<ListedDifference, 'what' | 'foundAt' | 'seenAt'> & {
  what: string
  foundAt: Date
  seenAt: Date
}

const kindsIn = (joined: string) => differenceKinds.filter((kind) => joined.split(',').includes(kind))

/** Those that the last look still saw. */
export const readDifferences = async (
  sql: Sql,
  limit: number,
  cursor?: string,
): Promise<ListedDifference[]> => {
  const rows = await sql<DifferenceRow[]>`
    select document_id, max(kind) as kind, string_agg(what, ',') as what, max(ours_kopecks) as ours_kopecks,
      max(theirs_kopecks) as theirs_kopecks, min(found_at) as found_at, max(seen_at) as seen_at
    from accounting_differences
    where gone_at is null and ${cursor ? sql`document_id < ${cursor}` : sql`true`}
    group by document_id order by document_id desc limit ${limit}`
  return rows.map(({ what, foundAt, seenAt, ...row }) => ({
    ...row,
    what: kindsIn(what),
    foundAt: foundAt.toISOString(),
    seenAt: seenAt.toISOString(),
  }))
}

export const Comparison = v.object({
  comparisonId: Id,
  askedAt: v.string(),
  endedAt: v.nullable(v.string()),
  documents: v.nullable(v.number()),
  differences: v.nullable(v.number()),
})
export type Comparison = v.InferOutput<typeof Comparison>

type ComparisonRow = Omit<Comparison, 'askedAt' | 'endedAt'> & { askedAt: Date; endedAt: Date | null }

export const readComparison = async (sql: Sql, id: string): Promise<Comparison> => {
  const [row] = await sql<ComparisonRow[]>`
    select id as comparison_id, asked_at, ended_at, documents, differences from accounting_comparisons where id = ${id}`
  if (!row) throw new Problem('not-found', 'No such comparison')
  return { ...row, askedAt: row.askedAt.toISOString(), endedAt: row.endedAt?.toISOString() ?? null }
}
