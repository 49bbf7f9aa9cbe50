import type { Pool } from '@kontora/postgres'

/** A table, the column, and which of its rows hold money that the proof of the day answers for. */
type Place = { what: string; table: string; column: string; where: string; order: string }

const ofLedger = (account: string): Place => ({
  what: `the ledger, account ${account}`,
  table: 'ledger_entries',
  column: 'amount_kopecks',
  where: `account = '${account}' and amount_kopecks > 1`,
  order: 'transaction_id, position',
})

const places: Place[] = [
  {
    what: 'a transfer',
    table: 'transfers',
    column: 'amount_kopecks',
    where: "state <> 'unidentified'",
    order: 'id',
  },
  {
    what: 'a closing balance',
    table: 'statement_days',
    column: 'closing_kopecks',
    where: 'true',
    order: 'day',
  },
  {
    what: 'an opening balance',
    table: 'statement_days',
    column: 'opening_kopecks',
    where: 'true',
    order: 'day',
  },
  {
    what: 'a gross sum of the registry',
    table: 'registry_lines',
    column: 'gross_kopecks',
    where: 'gross_kopecks > 1',
    order: 'id',
  },
  {
    what: 'a commission of the registry',
    table: 'registry_lines',
    column: 'commission_kopecks',
    where: 'true',
    order: 'id',
  },
  {
    what: 'a net sum of the registry',
    table: 'registry_lines',
    column: 'net_kopecks',
    where: 'true',
    order: 'id',
  },
  {
    what: 'a payment',
    table: 'attempts',
    column: 'captured_kopecks',
    where: "state = 'settled'",
    order: 'id',
  },
  { what: 'an order', table: 'attempts', column: 'amount_kopecks', where: "state = 'settled'", order: 'id' },
  {
    what: 'a refund',
    table: 'refunds',
    column: 'amount_kopecks',
    where: "state = 'settled' and amount_kopecks > 1",
    order: 'id',
  },
  { what: 'a match', table: 'transfer_matches', column: 'amount_kopecks', where: 'true', order: 'id' },
  ofLedger('bank'),
  ofLedger('acquiring'),
  ofLedger('unidentified'),
]

export type Plant = { what: string; take: () => Promise<void> }

/** One kopeck more or less in one row, past every verb and every right; `take` takes it away again. */
export const plantKopeck = async (owner: Pool, below: (most: number) => number): Promise<Plant> => {
  const place = places[below(places.length)] ?? places[0]
  if (!place) throw new Error('There is a place')
  const { table, column, where, order, what } = place
  const rows = await owner.unsafe(`select ctid::text as ctid from ${table} where ${where} order by ${order}`)
  // More, never less: a rule of the table itself would refuse what falls below another column.
  const row = rows[below(rows.length)]
  if (!row) throw new Error(`There is nothing in ${table}`)
  const change = (kopecks: number, ctid: string) =>
    owner.unsafe(
      `update ${table} set ${column} = ${column} + ${kopecks} where ctid = '${ctid}' returning ctid::text as ctid`,
    )
  const [moved] = await change(1, String(row.ctid))
  return {
    what,
    take: async () => {
      await change(-1, String(moved?.ctid))
    },
  }
}
