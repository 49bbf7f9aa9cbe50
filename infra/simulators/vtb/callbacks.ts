import type { Store } from '../frame/store.ts'
import type { CallbackFate } from './order.ts'

/** `status` 0 is no answer; `lost` never left the bank. */
export type CallbackAnswer = { at: string; status: number | 'lost' }
export type Callback = {
  seq: number
  mdOrder: string
  url: string
  parameters: Record<string, string>
  fate: CallbackFate
  dueAt: number | null
  answers: CallbackAnswer[]
}

type Row = {
  seq: number
  md_order: string
  url: string
  parameters: string
  fate: CallbackFate
  due_at: number | null
  answers: string
}

const columns = 'seq, md_order, url, parameters, fate, due_at, answers'

export const prepareCallbacks = (store: Store): void => {
  store.run(`create table if not exists callbacks (
    seq integer primary key autoincrement, md_order text not null, url text not null, parameters text not null,
    fate text not null, due_at integer, answers text not null)`)
  store.run('create index if not exists callbacks_due on callbacks (due_at) where due_at is not null')
  store.run('create index if not exists callbacks_order on callbacks (md_order)')
}

export const addCallback = (
  store: Store,
  { mdOrder, url, parameters, fate, dueAt }: Omit<Callback, 'seq' | 'answers'>,
): void =>
  void store
    .query(
      `insert into callbacks (md_order, url, parameters, fate, due_at, answers) values (?, ?, ?, ?, ?, '[]')`,
    )
    .run(mdOrder, url, JSON.stringify(parameters), fate, dueAt)

export const dueCallbacks = (store: Store, now: number): Callback[] =>
  store
    .query<Row, [number]>(`select ${columns} from callbacks where due_at <= ? order by due_at, seq limit 64`)
    .all(now)
    .map(read)

export const callbacksOf = (store: Store, mdOrder: string): Callback[] =>
  store
    .query<Row, [string]>(`select ${columns} from callbacks where md_order = ? order by seq`)
    .all(mdOrder)
    .map(read)

/** After an attempt: due again at a time, or never. */
export const settleCallback = (
  store: Store,
  { seq, answers }: Callback,
  newAnswers: CallbackAnswer[],
  dueAt: number | null,
): void =>
  void store
    .query('update callbacks set answers = ?, due_at = ? where seq = ?')
    .run(JSON.stringify([...answers, ...newAnswers]), dueAt, seq)

const read = (row: Row): Callback => ({
  seq: row.seq,
  mdOrder: row.md_order,
  url: row.url,
  parameters: JSON.parse(row.parameters),
  fate: row.fate,
  dueAt: row.due_at,
  answers: JSON.parse(row.answers),
})
