import type { Store } from '../../frame/store.ts'
import type { CartItem } from './cart.ts'

export type ReceiptGroup = 'payment' | 'refund' | 'correction'
export type Receipt = {
  uuid: string
  originalOfdUuid: string
  mdOrder: string
  group: ReceiptGroup
  /** `close` is the second receipt of a prepaid order. */
  type: 'close' | null
  outcome: 'sent' | 'delivered' | 'error'
  amountKopecks: number
  /** What a till prints when no cart was given is set in the cabinet; here it is nothing. */
  items: CartItem[]
  issuedAt: number
  /** When the tax service has it, or has refused it; null has happened. */
  dueAt: number | null
  fails: boolean
  number: number
}

type Row = { details: string }

export const prepareReceipts = (store: Store): void => {
  store.run(`create table if not exists receipts (
    seq integer primary key autoincrement, uuid text not null unique, md_order text not null, due_at integer,
    details text not null)`)
  store.run('create index if not exists receipts_due on receipts (due_at) where due_at is not null')
  store.run('create index if not exists receipts_order on receipts (md_order)')
}

const read = ({ details }: Row): Receipt => JSON.parse(details) as Receipt

export const addReceipt = (store: Store, receipt: Omit<Receipt, 'number'>): Receipt => {
  const { number } = store
    .query<{ number: number }, []>('select count(*) + 1 as number from receipts')
    .get() ?? { number: 1 }
  const numbered = { ...receipt, number }
  store
    .query('insert into receipts (uuid, md_order, due_at, details) values (?, ?, ?, ?)')
    .run(receipt.uuid, receipt.mdOrder, receipt.dueAt, JSON.stringify(numbered))
  return numbered
}

export const saveReceipt = (store: Store, receipt: Receipt): void =>
  void store
    .query('update receipts set due_at = ?, details = ? where uuid = ?')
    .run(receipt.dueAt, JSON.stringify(receipt), receipt.uuid)

export const receiptsOf = (store: Store, mdOrder: string): Receipt[] =>
  store
    .query<Row, [string]>('select details from receipts where md_order = ? order by seq')
    .all(mdOrder)
    .map(read)

export const findReceipt = (store: Store, uuid: string): Receipt | undefined => {
  const row = store.query<Row, [string]>('select details from receipts where uuid = ?').get(uuid)
  return row ? read(row) : undefined
}

export const dueReceipts = (store: Store, now: number): Receipt[] =>
  store
    .query<Row, [number]>('select details from receipts where due_at <= ? order by due_at, seq')
    .all(now)
    .map(read)
