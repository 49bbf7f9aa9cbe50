import type { Store } from '../frame/store.ts'
import type { Settings } from './settings.ts'

/** What every operation of the bank works with. Each runs inside a transaction of its caller. */
export type Bank = {
  store: Store
  now: () => number
  newId: () => string
  settings: () => Settings
}
