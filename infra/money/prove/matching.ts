import { reconcileDay } from '../../../services/payment/src/reconciliation/reconcile-day.ts'
import { importStatement } from '../../../services/payment/src/statements/import-statement.ts'
import { readStatementFile } from '../../../services/payment/src/statements/read-statement-file.ts'
import { unmatchedReasons } from '../../../services/payment/src/transfers/match.ts'
import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { seededRandom } from '../../stack/prove/random.ts'
import { type GeneratedLine, generateDay } from '../matching/generate-day.ts'
import { day, fileOf, openStand, type Stand } from '../matching/stand.ts'

const fullLines = 100_000
const who = { id: 'proof' }
const evening = new Date('2026-11-23T18:00:00Z')

type Outcome = {
  number: string
  direction: string
  kind: string
  state: string
  reason: string | null
  amountKopecks: number
  account: string
  purpose: string
  parts: { invoiceId: string; amountKopecks: number; fit: string }[] | null
}

const readOutcomes = ({ sql }: Stand): Promise<Outcome[]> => sql<Outcome[]>`
  select number, direction, kind, state, transfers.reason, transfers.amount_kopecks, party_account as account, purpose,
    (select jsonb_agg(jsonb_build_object('invoiceId', invoice_id, 'amountKopecks', amount_kopecks, 'fit', fit))
      from transfer_matches where transfer_id = transfers.id) as parts
  from transfers join transfer_details on transfer_id = transfers.id`

const keyOf = ({ number, amountKopecks, account, purpose }: Omit<GeneratedLine, 'truth'> | Outcome): string =>
  [number, amountKopecks, account, purpose].join('|')

const partsText = (parts: Outcome['parts'] | GeneratedLine['truth']['parts']): string =>
  (parts ?? [])
    .map(({ invoiceId, amountKopecks }) => `${invoiceId} ${amountKopecks}`)
    .toSorted()
    .join(' ')

/** Everything that a second import might change. */
const countAll = async ({ sql }: Stand): Promise<string> => {
  const [counts] = await sql`
    select (select count(*) from transfers) as transfers, (select count(*) from ledger_entries) as entries,
      (select count(*) from transfer_matches) as matches, (select count(*) from outbox) as events,
      (select sum(paid_kopecks) from invoices) as paid, (select count(*) from transfer_details) as details`
  return JSON.stringify(counts)
}

const typed = (line: GeneratedLine, outcome: Outcome): boolean => {
  if (outcome.kind !== line.truth.kind) return false
  if (outcome.kind !== 'payment') return outcome.state === 'booked' || outcome.kind === 'refund'
  if (outcome.state === 'unidentified')
    return unmatchedReasons.includes(outcome.reason as (typeof unmatchedReasons)[number])
  const fit =
    line.truth.what === 'pays a part' ? 'partial' : line.truth.what === 'pays more' ? 'over' : 'exact'
  return (outcome.parts ?? []).every((part) => part.fit === fit)
}

type Judged = {
  tellable: number
  told: number
  wrong: string[]
  untyped: string[]
  missed: string[]
}

const judge = (lines: readonly GeneratedLine[], outcomes: readonly Outcome[]): Judged => {
  const byKey = Map.groupBy(outcomes, keyOf)
  const judged: Judged = { tellable: 0, told: 0, wrong: [], untyped: [], missed: [] }
  for (const line of lines) {
    const { what, parts, isTellable } = line.truth
    const outcome = byKey.get(keyOf(line))?.pop()
    const isRight = outcome && partsText(outcome.parts) === partsText(parts)
    if (isTellable) judged.tellable += 1
    if (isTellable && isRight) judged.told += 1
    else if (outcome?.parts && !isRight) judged.wrong.push(`${what}: ${line.purpose}`)
    else if (isTellable) judged.missed.push(`${outcome?.reason}, ${what}: ${line.purpose}`)
    if (!outcome || !typed(line, outcome))
      judged.untyped.push(`${what} ${outcome?.kind} ${outcome?.state} ${outcome?.reason}`)
  }
  return judged
}

/** A day of lines as people write them: what can be told is, nothing is wrongly, every other line says why, and twice is once. */
export const proveMatching: Proof = async ({ seed, size, say }) => {
  const begun = Date.now()
  const count = Math.max(200, Math.round(fullLines * size))
  const generated = generateDay(seed, count)
  const stand = await openStand(generated)
  const since = (from: number) => `${((Date.now() - from) / 1000).toFixed(1)} s`
  try {
    say(`${count} lines of ${generated.payers.length} payers, ${generated.invoices.length} invoices`)
    let from = Date.now()
    const file = await readStatementFile(fileOf(generated.lines, evening))
    say(`read in ${since(from)}`)
    from = Date.now()
    await importStatement(stand.resources, who, file)
    say(`imported in ${since(from)}`)
    from = Date.now()
    await stand.matchAll()
    say(`matched in ${since(from)}`)
    const judged = judge(generated.lines, await readOutcomes(stand))
    for (const what of judged.missed.slice(0, 20)) say(`not told: ${what}`)
    for (const what of [...judged.wrong, ...judged.untyped].slice(0, 10)) say(`wrong: ${what}`)

    const before = await countAll(stand)
    const same = await importStatement(stand.resources, who, file)
    const shuffled = seededRandom(seed).shuffle(generated.lines.slice(0, 20_000))
    const other = [...shuffled, ...generated.lines.slice(20_000)]
    const again = await readStatementFile(fileOf(other, new Date(evening.getTime() + 60_000)))
    const overlapping = await importStatement(stand.resources, who, again)
    await stand.matchAll()
    const changed = [same, overlapping].reduce(
      (sum, { added, changed, gone }) => sum + added + changed + gone,
      0,
    )
    const isSame = before === (await countAll(stand))
    const proof = await reconcileDay(stand.resources, who, { day })

    const claim = (name: string, value: number | string, goal: number | string, ok: boolean): Claim => {
      return { claim: `matching: ${name}`, value, goal, ok, seed, ms: Date.now() - begun }
    }
    const share = judged.told / judged.tellable
    return [
      claim(
        `of ${judged.tellable} lines that can be told, told`,
        `${(100 * share).toFixed(3)} %`,
        '≥ 99.9 %',
        share >= 0.999,
      ),
      claim(`of ${count} lines, matched wrongly`, judged.wrong.length, 0, judged.wrong.length === 0),
      claim('lines without their type', judged.untyped.length, 0, judged.untyped.length === 0),
      claim(
        'lines that a second import changed, by the same file and by another',
        changed,
        0,
        changed === 0 && isSame,
      ),
      claim(
        'differences of the bank and the ledger on that day',
        proof.differences,
        0,
        proof.differences === 0,
      ),
    ]
  } finally {
    await stand.close()
  }
}
