import type { Store } from './store.ts'

export type Entry = { operation: string; method: string; path: string; status: number; details: object }
export type JournalEntry = Entry & { seq: number; time: string }

type Row = Omit<JournalEntry, 'details'> & { details: string }

/** What an outsider may check: each call that arrived and each call that was made, in order, with what it changed. */
export const addEntry = (store: Store, entry: Entry): void => {
  store.run(
    'insert into journal (time, operation, method, path, status, details) values (?, ?, ?, ?, ?, ?)',
    [
      new Date().toISOString(),
      entry.operation,
      entry.method,
      entry.path,
      entry.status,
      JSON.stringify(entry.details),
    ],
  )
}

export const journal = (store: Store, operation?: string, after = 0): JournalEntry[] =>
  store
    .query<Row, [number, string | null, string | null]>(
      `select seq, time, operation, method, path, status, details from journal
       where seq > ? and (? is null or operation = ?) order by seq`,
    )
    .all(after, operation ?? null, operation ?? null)
    .map((row) => ({ ...row, details: JSON.parse(row.details) as object }))
