import * as v from 'valibot'
import type { Store } from '../frame/store.ts'

const Text = v.optional(v.pipe(v.string(), v.nonEmpty(), v.maxLength(256)))

/** Every field but `sub` may be absent: the person has none, or did not tick it. */
export const Person = v.strictObject({
  id: v.optional(v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)), () => crypto.randomUUID()),
  sub: v.optional(v.pipe(v.string(), v.nonEmpty(), v.maxLength(128)), () => crypto.randomUUID()),
  sub_alt: v.optional(v.array(v.string())),
  email: Text,
  phone_number: Text,
  family_name: Text,
  given_name: Text,
  middle_name: Text,
  birthdate: Text,
  gender: v.optional(v.picklist([1, 2])),
})
export type Person = v.InferOutput<typeof Person>

type Row = { card: string }

export const preparePeople = (store: Store): void => {
  store.run('create table if not exists people (id text primary key, card text not null)')
  if (!store.query('select id from people limit 1').get())
    for (const person of seeds) putPerson(store, person)
}

export const putPerson = (store: Store, person: Person): void =>
  void store
    .query('insert into people (id, card) values (?, ?) on conflict do update set card = excluded.card')
    .run(person.id, JSON.stringify(person))

export const findPerson = (store: Store, id: string): Person | undefined => {
  const row = store.query<Row, [string]>('select card from people where id = ?').get(id)
  return row ? (JSON.parse(row.card) as Person) : undefined
}

export const listPeople = (store: Store): Person[] =>
  store
    .query<Row, []>('select card from people order by rowid')
    .all()
    .map(({ card }) => JSON.parse(card) as Person)

const seeds: Person[] = [
  {
    id: 'anna',
    sub: '7f1c6a52-3b9e-4d0f-8a41-5e2b9c7d0a11',
    email: 'anna.sokolova@example.com',
    phone_number: '+7 (999) 0000001',
    family_name: 'Соколова',
    given_name: 'Анна',
    middle_name: 'Игоревна',
    birthdate: '1990-04-12',
    gender: 2,
  },
  {
    id: 'boris',
    sub: '3a9f0c7e51d24b86af13c08e5d7b9264f0a1b2c3d4e5f60718293a4b5c6d7e8f9011223344556677',
    sub_alt: ['c2a5e8d1-6f04-4b37-9d20-8e1f7a3b5c62'],
    email: 'boris.vetrov@example.com',
    phone_number: '+7 (999) 0000002',
    family_name: 'ВЕТРОВ',
    given_name: 'БОРИС',
    middle_name: 'ОЛЕГОВИЧ',
    birthdate: '1984-11-30',
    gender: 1,
  },
  {
    id: 'vera',
    sub: 'd4b8e2f6-0c15-4a79-b3e8-6f9d1a2c7b33',
    phone_number: '+7 (999) 0000003',
    family_name: 'Ли',
    given_name: 'Вера',
    birthdate: '0000-00-00',
    gender: 2,
  },
]
