import { OneCFault } from '@kontora/one-c'
import { type Sql, transaction } from '@kontora/postgres'
import type { Way } from '../attempts/attempt.ts'
import type { Resources } from '../resources.ts'
import { pauseMs } from './accounting-base.ts'
import { type Difference, differencesOf, type Ours, unknownTo } from './compare-documents.ts'

type Comparing = Pick<Resources, 'sql' | 'now' | 'random' | 'log' | 'accounting'>
type Row = Ours & { way: Way | null }

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const days = 3
/** An export that ended a moment ago may be younger than the list that 1С gave. */
const settleMs = 5 * 60_000
const claimMs = 15 * 60_000

/** The job `compare-with-one-c`: each night (`plan-comparison`), and when an operator asks, our documents of three days beside 1С's. */
export const compareWithOneC = async (resources: Comparing): Promise<number> => {
  const { sql, now, log, random } = resources
  const [due] = await sql<{ id: string }[]>`
    update accounting_comparisons set ask_at = ${new Date(now().getTime() + claimMs)}
    where id = (
      select id from accounting_comparisons where ask_at <= ${now()} order by ask_at limit 1 for update skip locked)
    returning id`
  if (!due) return 0
  try {
    await end(resources, due.id, await compare(resources))
  } catch (error) {
    if (!(error instanceof OneCFault)) throw error
    log.warn('one-c-not-compared', { comparisonId: due.id }, error)
    const again = new Date(now().getTime() + 10 * pauseMs(6, random(1)[0] ?? 0))
    await sql`update accounting_comparisons set ask_at = ${again} where id = ${due.id} and ended_at is null`
  }
  return 1
}

/** Of any number: a list of parameters ends at 65 535. */
const idsIn = (sql: Sql, ids: string[]) => sql.json(ids)

type Compared = { documents: string[]; differences: Difference[] }

const exportedBetween = (sql: Sql, from: Date, to: Date): Promise<Row[]> => sql<Row[]>`
  select document_id, kind, way, amount_kopecks, exists (
    select 1 from exports other
    where other.document_id = exports.document_id and other.kind in ('cancellation', 'withdrawal') and other.state = 'exported') as is_cancelled
  from exports
  where state = 'exported' and kind not in ('cancellation', 'withdrawal') and happened_at >= ${from} and exported_at < ${to}`

const isDocument = (channel: 'odata' | 'http', { kind }: Row): boolean =>
  kind !== 'commission' || channel === 'odata'

const compare = async (resources: Comparing): Promise<Compared> => {
  const { sql, now, accounting } = resources
  const to = now()
  const from = new Date(to.getTime() - days * dayMs)
  const theirs = new Map(
    (await accounting.documentsBetween(from, new Date(to.getTime() + dayMs))).map((one) => [one.id, one]),
  )
  const rows = await exportedBetween(sql, from, new Date(to.getTime() - settleMs))
  const ours = rows.filter((row) => isDocument(accounting.channel, row))
  const differences: Difference[] = []
  for (const row of ours) {
    const first = differencesOf(row, theirs.get(row.documentId), accounting.expects)
    // A list is read in pages while accountants work, and a date may have been moved: what looks wrong is asked by its key.
    if (first.length > 0) differences.push(...(await askAgain(accounting, row)))
  }
  differences.push(...(await strangers(sql, [...theirs.values()])))
  return { documents: ours.map(({ documentId }) => documentId), differences }
}

const askAgain = async (accounting: Comparing['accounting'], row: Row): Promise<Difference[]> =>
  differencesOf(
    row,
    await accounting.stateOf(row.kind, { id: row.documentId, way: row.way }),
    accounting.expects,
  )

const strangers = async (sql: Sql, theirs: Parameters<typeof unknownTo>[0][]): Promise<Difference[]> => {
  if (theirs.length === 0) return []
  const known = await sql<{ documentId: string }[]>`
    select document_id from exports
    where document_id in (select value::uuid from jsonb_array_elements_text(${idsIn(
      sql,
      theirs.map(({ id }) => id),
    )}))`
  const ids = new Set(known.map(({ documentId }) => documentId))
  return theirs.filter(({ id }) => !ids.has(id)).map(unknownTo)
}

const end = ({ sql, now, log }: Comparing, id: string, { documents, differences }: Compared): Promise<void> =>
  transaction(sql, async (tx) => {
    const time = now()
    for (const difference of differences)
      await tx`
        insert into accounting_differences ${tx({ ...difference, foundAt: time, seenAt: time })}
        on conflict (document_id, what) do update set seen_at = ${time}, gone_at = null,
          ours_kopecks = excluded.ours_kopecks, theirs_kopecks = excluded.theirs_kopecks`
    // What was looked at and is not seen any more has been put right.
    await tx`
      update accounting_differences set gone_at = ${time}
      where gone_at is null and seen_at < ${time} and (what = 'unknown' or document_id in (
        select value::uuid from jsonb_array_elements_text(${idsIn(tx, documents)})))`
    await tx`
      update accounting_comparisons set ended_at = ${time}, ask_at = null, documents = ${documents.length},
        differences = ${differences.length}
      where id = ${id} and ended_at is null`
    if (differences.length > 0) log.error('one-c-differs', { differences: differences.length })
  })
