import type { Sql } from '@kontora/postgres'
import { parseInput } from '@kontora/service'
import { DateOnly } from '@kontora/validation'
import type { DifferenceType } from './difference.ts'
import { type ProofResources, reconcileDay } from './reconcile-day.ts'

type Line = {
  day: string | null
  type: DifferenceType
  subjectKind: string
  subject: string
  expectedKopecks: number | null
  actualKopecks: number | null
}

const lineOf = ({ day, type, subjectKind, subject, expectedKopecks, actualKopecks }: Line): string =>
  [
    day ?? 'the books   ',
    type.padEnd(20),
    `${subjectKind} ${subject}`,
    `bank ${expectedKopecks ?? '–'}, ours ${actualKopecks ?? '–'}`,
  ].join('  ')

/** Proves the day and tells every difference that is open in it, and in the books as a whole. */
export const reconcileFromText = async (
  resources: ProofResources,
  text: string | undefined,
): Promise<string> => {
  const day = parseInput(DateOnly, text, 'day')
  await reconcileDay(resources, { id: 'operator' }, { day })
  return listDifferences(resources.sql, day)
}

export const listDifferences = async (sql: Sql, day?: string): Promise<string> => {
  const open = await sql<Line[]>`
    select day::text as day, type, subject_kind, subject, expected_kopecks, actual_kopecks from differences
    where gone_at is null and explained_at is null and ${day ? sql`(day is null or day = ${day})` : sql`true`}
    order by day nulls first, type, subject limit 1000`
  return open.map(lineOf).join('\n') || 'the bank and the ledger agree'
}
