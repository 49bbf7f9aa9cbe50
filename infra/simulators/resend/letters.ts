import type { Store } from '../frame/store.ts'
import type { Letter } from './read-letter.ts'

export type KeptLetter = Omit<Letter, 'attachments' | 'template' | 'scheduled_at'> & {
  id: string
  createdAt: string
  scheduledAt: string | null
  lastEvent: string
  idempotencyKey: string | null
  attachments: { filename: string | null; path: string | null; base64Length: number | null }[]
  template: Letter['template'] | null
}

type Row = { last_event: string; letter: string }

export const prepareLetters = (store: Store): void => {
  store.run(`create table if not exists letters (
    seq integer primary key autoincrement, id text not null unique, created_at text not null,
    recipients text not null, last_event text not null, letter text not null)`)
}

export const addLetter = (store: Store, { lastEvent, ...letter }: KeptLetter): void => {
  store
    .query('insert into letters (id, created_at, recipients, last_event, letter) values (?, ?, ?, ?, ?)')
    .run(
      letter.id,
      letter.createdAt,
      ` ${letter.to.map(bareAddress).join(' ')} `,
      lastEvent,
      JSON.stringify(letter),
    )
}

export const setLastEvent = (store: Store, id: string, event: string): void =>
  void store.query('update letters set last_event = ? where id = ?').run(event, id)

export const findLetter = (store: Store, id: string): KeptLetter | undefined => {
  const row = store.query<Row, [string]>('select last_event, letter from letters where id = ?').get(id)
  return row ? toLetter(row) : undefined
}

/** In order of arrival; `after` is a letter's id or a time. */
export const listLetters = (
  store: Store,
  { to = '', after = '', limit = 1000 }: { to?: string; after?: string; limit?: number },
): KeptLetter[] =>
  store
    .query<Row, [string, string, string, number]>(
      `select last_event, letter from letters
       where seq > coalesce((select seq from letters where id = ?1), 0) and created_at > ?2
         and (?3 = '' or instr(recipients, ' ' || ?3 || ' ') > 0)
       order by seq limit ?4`,
    )
    .all(after, timeOf(after), bareAddress(to), limit)
    .map(toLetter)

export const newestLetters = (store: Store, limit: number): KeptLetter[] =>
  store
    .query<Row, [number]>('select last_event, letter from letters order by seq desc limit ?')
    .all(limit)
    .map(toLetter)

/** `Анна <Anna@example.com>` → `anna@example.com` */
export const bareAddress = (address: string): string =>
  (/<([^<>]+)>\s*$/.exec(address)?.[1] ?? address).trim().toLowerCase()

const timeOf = (after: string): string => {
  const time = /^\d{4}-\d\d-\d\dT/.test(after) ? Date.parse(after) : Number.NaN
  return Number.isNaN(time) ? '' : new Date(time).toISOString()
}

const toLetter = ({ last_event, letter }: Row): KeptLetter => ({
  ...(JSON.parse(letter) as Omit<KeptLetter, 'lastEvent'>),
  lastEvent: last_event,
})
