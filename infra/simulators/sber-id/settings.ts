import * as v from 'valibot'
import type { Store } from '../frame/store.ts'
import { deviations } from './deviations.ts'

const Status = v.pipe(v.number(), v.integer(), v.minValue(300), v.maxValue(599))

/** How the answers differ from right ones, until they are set again. */
export const Settings = v.strictObject({
  alg: v.optional(v.picklist(['none', 'RS256', 'HS256', 'gost34-10.2012']), 'none'),
  segments: v.optional(v.picklist([2, 3]), 3),
  deviations: v.optional(v.array(v.picklist(deviations)), []),
  accessTokenSeconds: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 60),
  /** A call that is refused without being looked at; below 400 it is sent elsewhere. */
  refuses: v.optional(
    v.strictObject({ call: v.picklist(['token', 'userinfo', 'completed']), status: Status }),
  ),
  /** Today's gateway and plain OAuth tell an error differently, and it is not known which call does what. */
  errors: v.optional(v.picklist(['gateway', 'oauth']), 'gateway'),
})
export type Settings = v.InferOutput<typeof Settings>

type Row = { value: string }

export const prepareSettings = (store: Store): void => {
  store.run('create table if not exists settings (name text primary key, value text not null)')
}

export const findSettings = (store: Store): Settings =>
  v.parse(Settings, JSON.parse(findValue(store, 'settings') ?? '{}'))

export const putSettings = (store: Store, settings: Settings): void =>
  putValue(store, 'settings', JSON.stringify(settings))

export const findValue = (store: Store, name: string): string | undefined =>
  store.query<Row, [string]>('select value from settings where name = ?').get(name)?.value

export const putValue = (store: Store, name: string, value: string): void =>
  void store.query('insert or replace into settings (name, value) values (?, ?)').run(name, value)
