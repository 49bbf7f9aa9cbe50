import type { Transaction } from '@kontora/postgres'
import type { WriteResources } from '../resources.ts'
import type { Difference } from './difference.ts'

/** Keeps what was found, ends what is not there any more, and answers with what is new. A null day is the books as a whole. */
export const storeDifferences = async (
  tx: Transaction,
  { now, newId }: WriteResources,
  day: string | null,
  differences: readonly Difference[],
): Promise<Difference[]> => {
  const time = now()
  const rows = differences.map(({ type, subjectKind, subject, expectedKopecks, actualKopecks }) => ({
    id: newId(),
    type,
    subject_kind: subjectKind,
    subject,
    expected: expectedKopecks,
    actual: actualKopecks,
  }))
  await tx`
    update differences set gone_at = ${time}
    where day is not distinct from ${day}::date and gone_at is null and not exists (
      select from jsonb_to_recordset(${tx.json(rows)}) as found (type text, subject text)
      where found.type = differences.type and found.subject = differences.subject)`
  if (rows.length === 0) return []
  const stored = await tx<{ id: string; isNew: boolean }[]>`
    insert into differences (id, day, type, subject_kind, subject, expected_kopecks, actual_kopecks, found_at, seen_at)
    select id, ${day}::date, type, subject_kind, subject, expected, actual, ${time}, ${time}
    from jsonb_to_recordset(${tx.json(rows)}) as found (
      id uuid, type text, subject_kind text, subject text, expected bigint, actual bigint)
    on conflict (day, type, subject) where gone_at is null do update set seen_at = excluded.seen_at,
      expected_kopecks = excluded.expected_kopecks, actual_kopecks = excluded.actual_kopecks
    returning id, xmax = 0 as is_new`
  const isNew = new Set(stored.filter((one) => one.isNew).map(({ id }) => id))
  return differences.filter((_, i) => isNew.has(rows[i]?.id ?? ''))
}
