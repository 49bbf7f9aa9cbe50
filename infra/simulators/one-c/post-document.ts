import type { Store } from '../frame/store.ts'
import type { EntitySet } from './entity-set.ts'
import { countAttempt, findEntity, saveEntity } from './entity-store.ts'
import type { Entity } from './field.ts'
import { closedText, isClosed, postingRefusal } from './posting-rules.ts'
import { Refusal } from './refusal.ts'
import { readSettings } from './settings.ts'
import { existing, notLocked } from './write-entity.ts'

/** Wall-clock day of the base, which stands in Moscow. */
const day = (now: Date): string => new Date(now.getTime() + 3 * 3_600_000).toISOString().slice(0, 10)

export type Posting = { operational: boolean; now: Date }

/** Posting a posted document again does it all anew and harms nothing. */
export const postDocument = (store: Store, set: EntitySet, key: string, posting: Posting): Entity =>
  store.transaction(() => {
    const document = existing(store, set, key)
    const settings = readSettings(store)
    notLocked(settings, key)
    if (posting.operational && String(document.Date).slice(0, 10) !== day(posting.now))
      throw new Refusal('-1', 'Оперативное проведение возможно только текущей датой')
    const refusal = postingRefusal(document, settings, (name, id) => !!findEntity(store, name, id))
    if (refusal) throw new Refusal('-1', refusal)
    countAttempt(store, set.name, key, 'posts')
    return saveEntity(store, set.name, { ...document, Posted: true })
  })()

export const unpostDocument = (store: Store, set: EntitySet, key: string): Entity =>
  store.transaction(() => {
    const document = existing(store, set, key)
    const settings = readSettings(store)
    notLocked(settings, key)
    if (isClosed(document, settings)) throw new Refusal('-1', closedText(document, settings))
    return saveEntity(store, set.name, { ...document, Posted: false })
  })()
