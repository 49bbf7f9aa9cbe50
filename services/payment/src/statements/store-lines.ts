import type { Transaction } from '@kontora/postgres'
import { bookMany } from '../ledger/book-many.ts'
import { transferEntriesOf } from '../ledger/entries.ts'
import type { WriteResources } from '../resources.ts'
import { isForMatching, isMatchedByRules, kindOf } from '../transfers/transfer-kind.ts'
import type { IdentifiedLine } from './identify-lines.ts'
import type { AccountIds, Progress } from './import-statement.ts'

type Lines = { statementId: string; accounts: AccountIds; lines: IdentifiedLine[] }
type Counts = { added: number; changed: number }
type Upserted = { id: string; isNew: boolean }

const atOnce = 4000

/** In batches, each a handful of statements of SQL. */
export const storeLines = async (
  tx: Transaction,
  resources: WriteResources,
  { statementId, accounts, lines }: Lines,
  say: Progress,
): Promise<Counts> => {
  const own = await readOwnAccounts(tx)
  const counts = { added: 0, changed: 0 }
  for (let start = 0; start < lines.length; start += atOnce) {
    const rows = lines.slice(start, start + atOnce).map((line) => rowOf(resources, accounts, own, line))
    counts.changed += await takeChanges(tx, resources, rows)
    const upserted = await upsert(tx, resources, statementId, rows)
    const isNew = new Set(upserted.filter((one) => one.isNew).map(({ id }) => id))
    const added = rows.filter(({ id }) => isNew.has(id))
    await storeDetails(tx, added)
    await bookLines(tx, resources, added)
    counts.added += added.length
    say(Math.min(start + atOnce, lines.length), lines.length)
  }
  return counts
}

const readOwnAccounts = async (tx: Transaction): Promise<Set<string>> => {
  const rows = await tx<{ account: string }[]>`
    select account from bank_accounts
    union select bank_account from legal_entities where bank_account is not null`
  return new Set(rows.map(({ account }) => account))
}

const rowOf = (
  { newId }: WriteResources,
  accounts: AccountIds,
  own: ReadonlySet<string>,
  line: IdentifiedLine,
) => {
  const { account, identity, ordinal, content, direction, bookedOn, amountKopecks, number, day, party } = line
  const kind = kindOf(line, own)
  return {
    id: newId(),
    bank_account_id: accounts.get(account)?.id ?? '',
    identity,
    ordinal,
    content,
    direction,
    kind,
    booked_on: bookedOn,
    amount: amountKopecks,
    state: isForMatching(kind) ? 'unidentified' : 'booked',
    is_asked: isMatchedByRules(kind),
    number,
    document_day: day,
    party_inn: party.inn,
    party_name: party.name,
    party_account: party.account,
    purpose: line.purpose,
  }
}
type Row = ReturnType<typeof rowOf>

/** What the bank has mended of a known line is taken over, and the rules look at it anew unless it is matched. */
const takeChanges = async (tx: Transaction, { now }: WriteResources, rows: Row[]): Promise<number> => {
  const changed = await tx<{ id: string }[]>`
    with told as (
      select sha256(convert_to(identity, 'UTF8')) as identity, ordinal, sha256(convert_to(content, 'UTF8')) as content,
        party_inn, party_name, purpose
      from jsonb_to_recordset(${tx.json(rows)}) as line (
        identity text, ordinal integer, content text, party_inn text, party_name text, purpose text)
    ), changed as (
      update transfers set content = told.content,
        ask_at = case when state = 'unidentified' and kind = 'payment' then ${now()} else ask_at end
      from told
      where transfers.identity = told.identity and transfers.ordinal = told.ordinal and transfers.content <> told.content
      returning transfers.id, told.party_inn, told.party_name, told.purpose
    )
    insert into transfer_details (transfer_id, number, document_day, party_inn, party_name, party_account, purpose)
    select changed.id, '', ${now()}::date, changed.party_inn, changed.party_name, '', changed.purpose from changed
    on conflict (transfer_id) do update set
      party_inn = excluded.party_inn, party_name = excluded.party_name, purpose = excluded.purpose
    returning transfer_id as id`
  return changed.length
}

const upsert = (
  tx: Transaction,
  { now }: WriteResources,
  statementId: string,
  rows: Row[],
): Promise<Upserted[]> => tx<Upserted[]>`
  insert into transfers (id, bank_account_id, statement_id, seen_in, identity, ordinal, content, direction, kind,
    booked_on, amount_kopecks, state, ask_at, added_at)
  select id, bank_account_id, ${statementId}, ${statementId}, sha256(convert_to(identity, 'UTF8')), ordinal,
    sha256(convert_to(content, 'UTF8')), direction, kind, booked_on, amount, state,
    case when is_asked then ${now()}::timestamptz end, ${now()}
  from jsonb_to_recordset(${tx.json(rows)}) as line (
    id uuid, bank_account_id uuid, identity text, ordinal integer, content text, direction text, kind text,
    booked_on date, amount bigint, state text, is_asked boolean)
  on conflict (identity, ordinal) do update set seen_in = excluded.seen_in, gone_at = null
  returning id, xmax = 0 as is_new`

const storeDetails = async (tx: Transaction, added: Row[]): Promise<void> => {
  await tx`
    insert into transfer_details (transfer_id, number, document_day, party_inn, party_name, party_account, purpose)
    select id, number, document_day, party_inn, party_name, party_account, purpose
    from jsonb_to_recordset(${tx.json(added)}) as line (
      id uuid, number text, document_day date, party_inn text, party_name text, party_account text, purpose text)`
}

/** Every line moves `bank`, so that it always says what the bank's own book says. */
const bookLines = async (tx: Transaction, resources: WriteResources, added: Row[]): Promise<void> => {
  for (const [direction, movement] of [
    ['in', 'transfer-received'],
    ['out', 'transfer-sent'],
  ] as const) {
    const lines = added.filter((row) => row.direction === direction)
    const booked = lines.map(({ id, kind, amount }) => ({
      sourceId: id,
      entries: transferEntriesOf[movement]({ kind, amountKopecks: amount }),
    }))
    await bookMany(tx, resources, movement, booked)
  }
}
