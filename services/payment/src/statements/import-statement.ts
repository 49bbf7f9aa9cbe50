import type { User } from '@kontora/access'
import { wakeJob } from '@kontora/jobs'
import { type Transaction, transaction } from '@kontora/postgres'
import { DateOnly, Id } from '@kontora/validation'
import * as v from 'valibot'
import { askForProof } from '../reconciliation/ask-for-proof.ts'
import type { WriteResources } from '../resources.ts'
import { identifyLines } from './identify-lines.ts'
import { markGone } from './mark-gone.ts'
import { type OwnAccount, openAccounts } from './open-accounts.ts'
import type { StatementFile } from './read-statement-file.ts'
import { storeDays } from './store-days.ts'
import { storeLines } from './store-lines.ts'

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

export const ImportedStatement = v.object({
  statementId: Id,
  fromDay: DateOnly,
  toDay: DateOnly,
  lines: Count,
  /** Lines that were not known yet. */
  added: Count,
  /** Known ones of which the bank now says something else. */
  changed: Count,
  /** Known ones that this statement of their day has no more. */
  gone: Count,
  /** The very file was imported before: nothing has changed. */
  known: v.boolean(),
})
export type ImportedStatement = v.InferOutput<typeof ImportedStatement>

/** `say` hears how many lines are stored by now. */
export type Progress = (stored: number, of: number) => void

/**
 * All of a statement or nothing of it. What is known already is not booked again, be it in this file or in another that
 * overlaps it; a correction by the bank is told, and left to an operator.
 */
export const importStatement = (
  resources: WriteResources,
  who: Pick<User, 'id'>,
  file: StatementFile,
  say: Progress = () => {},
): Promise<ImportedStatement> =>
  transaction(resources.sql, async (tx) => {
    // Two at once would both find the other's lines missing.
    await tx`select pg_advisory_xact_lock(hashtextextended('import-statement', 0))`
    const known = await findKnown(tx, file.sha256)
    if (known) return { ...known, added: 0, changed: 0, gone: 0, known: true }
    const accounts = await openAccounts(tx, resources, who, file.days)
    const statementId = await storeHead(tx, resources, who, file)
    const newer = await storeDays(tx, { statementId, accounts, ...file })
    const { added, changed } = await storeLines(
      tx,
      resources,
      { statementId, accounts, lines: identifyLines(file.lines) },
      say,
    )
    const gone = await markGone(tx, resources, statementId, newer)
    await tx`
      update statements set added = ${added}, changed = ${changed}, gone = ${gone} where id = ${statementId}`
    const days = file.days.map(({ day }) => day)
    await askForProof(tx, resources, [...days, ...(await daysOfMissingPayouts(tx, file.toDay))])
    wakeJob(tx, 'match-transfers')
    wakeJob(tx, 'find-payouts')
    const { fromDay, toDay, lines } = file
    return { statementId, fromDay, toDay, lines: lines.length, added, changed, gone, known: false }
  })

export type AccountIds = ReadonlyMap<string, OwnAccount>

const findKnown = async (tx: Transaction, sha256: string) => {
  const [known] = await tx<{ statementId: string; fromDay: string; toDay: string; lines: number }[]>`
    select id as statement_id, from_day::text, to_day::text, lines from statements where sha256 = ${sha256}`
  return known
}

/** By now these should have come; if they have not, the proof of their days tells it. */
const daysOfMissingPayouts = async (tx: Transaction, day: string): Promise<string[]> => {
  const rows = await tx<{ day: string }[]>`
    select distinct paid_on::text as day from payouts where registered_at is null and paid_on < ${day}`
  return rows.map((row) => row.day)
}

const storeHead = async (
  tx: Transaction,
  { newId, now }: WriteResources,
  { id: importedBy }: Pick<User, 'id'>,
  { sha256, madeAt, encoding, fromDay, toDay, lines }: StatementFile,
): Promise<string> => {
  const id = newId()
  const none = { added: 0, changed: 0, gone: 0 }
  await tx`insert into statements ${tx({ id, sha256, madeAt, encoding, fromDay, toDay, lines: lines.length, ...none, importedBy, importedAt: now() })}`
  return id
}
