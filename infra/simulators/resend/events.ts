import type { Store } from '../frame/store.ts'
import type { KeptLetter } from './letters.ts'

export const eventTypes = [
  'email.sent',
  'email.delivered',
  'email.delivery_delayed',
  'email.bounced',
  'email.complained',
  'email.opened',
  'email.failed',
] as const
export type EventType = (typeof eventTypes)[number]

export type DueEvent = { seq: number; id: string; type: EventType; payload: string; attempts: number }

export const prepareEvents = (store: Store): void => {
  store.run(`create table if not exists events (
    seq integer primary key autoincrement, id text not null, letter_id text not null, type text not null,
    payload text not null, attempts integer not null, due_at integer)`)
  store.run('create index if not exists events_due on events (due_at) where due_at is not null')
}

/** What happened to a letter at a time; its webhook is due from then on, whoever is running by then. */
export const addEvent = (store: Store, letter: KeptLetter, type: EventType, time: Date): void => {
  store
    .query('insert into events (id, letter_id, type, payload, attempts, due_at) values (?, ?, ?, ?, 0, ?)')
    .run(
      `msg_${crypto.randomUUID().replaceAll('-', '')}`,
      letter.id,
      type,
      JSON.stringify({ type, created_at: time.toISOString(), data: describe(letter, type) }),
      time.getTime(),
    )
}

export const dueEvents = (store: Store, now: Date, limit: number): DueEvent[] =>
  store
    .query<DueEvent, [number, number]>(
      'select seq, id, type, payload, attempts from events where due_at <= ? order by due_at, seq limit ?',
    )
    .all(now.getTime(), limit)

/** After an attempt: due again at a time, or never. */
export const settleEvent = (store: Store, seq: number, dueAt: Date | null): void =>
  void store
    .query('update events set attempts = attempts + 1, due_at = ? where seq = ?')
    .run(dueAt?.getTime() ?? null, seq)

const bounce = {
  message: "The recipient's mail server permanently rejected the email.",
  subType: 'General',
  type: 'Permanent',
}

const describe = (letter: KeptLetter, type: EventType): object => ({
  created_at: letter.createdAt,
  email_id: letter.id,
  message_id: `<${letter.id}@resend.dev>`,
  from: letter.from,
  to: letter.to,
  subject: letter.subject,
  ...(letter.tags.length && {
    tags: Object.fromEntries(letter.tags.map(({ name, value }) => [name, value])),
  }),
  ...(type === 'email.bounced' && { bounce }),
  ...(type === 'email.failed' && { failed: { reason: 'simulated' } }),
})
