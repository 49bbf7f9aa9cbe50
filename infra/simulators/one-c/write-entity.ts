import type { Store } from '../frame/store.ts'
import { buildEntity } from './build-entity.ts'
import type { EntitySet } from './entity-set.ts'
import { countAttempt, findEntity, nextNumber, removeEntity, saveEntity } from './entity-store.ts'
import { type Entity, noReference } from './field.ts'
import { closedText, isClosed } from './posting-rules.ts'
import { isGuid } from './read-field.ts'
import { Refusal } from './refusal.ts'
import { readSettings, type Settings } from './settings.ts'

export type Sent = Readonly<Record<string, unknown>>
/** `loadMode` is `ОбменДанными.Загрузка`: the checks of the configuration are skipped. */
export type Change = { key: string; version: string | undefined; loadMode: boolean }

export const existing = (store: Store, set: EntitySet, key: string): Entity => {
  const entity = findEntity(store, set.name, key)
  if (!entity) throw new Refusal('9', 'Экземпляр сущности не найден по ключу')
  return entity
}

export const notLocked = ({ locked }: Settings, key: string): void => {
  if (locked.includes(key))
    throw new Refusal('-1', 'Не удалось заблокировать запись: объект заблокирован другим пользователем')
}

const keyOf = ({ Ref_Key: key }: Sent): string => {
  if (key === undefined || key === noReference) return crypto.randomUUID()
  if (!isGuid(key)) throw new Refusal('4', 'Неверное значение свойства "Ref_Key"')
  return key.toLowerCase()
}

export const createEntity = (store: Store, set: EntitySet, sent: Sent): Entity => {
  const key = keyOf(sent)
  countAttempt(store, set.name, key, 'creates')
  return store.transaction(() => {
    if (findEntity(store, set.name, key))
      throw new Refusal('15', 'Экземпляр сущности с таким ключом уже существует')
    const entity = buildEntity(set, sent)
    const number = set.kind === 'Document' ? 'Number' : 'Code'
    return saveEntity(store, set.name, {
      ...entity,
      Ref_Key: key,
      [number]: entity[number] || nextNumber(store, set),
    })
  })()
}

const isStale = (entity: Entity, { version }: Change, { ifMatch }: Settings): boolean =>
  ifMatch === 'honoured' &&
  version !== undefined &&
  version.replace(/^W\//, '').replaceAll('"', '') !== entity.DataVersion

/** The entity that may be written now, or undefined when the caller has read an older one. */
const writable = (store: Store, set: EntitySet, change: Change): Entity | undefined => {
  const entity = existing(store, set, change.key)
  const settings = readSettings(store)
  if (isStale(entity, change, settings)) return undefined
  notLocked(settings, change.key)
  refuseClosed(entity, settings, change)
  return entity
}

const refuseClosed = (entity: Entity, settings: Settings, { loadMode }: Change): void => {
  if (!loadMode && entity.Posted === true && isClosed(entity, settings))
    throw new Refusal('-1', closedText(entity, settings))
}

export const changeEntity = (store: Store, set: EntitySet, change: Change, sent: Sent): Entity | undefined =>
  store.transaction(() => {
    const before = writable(store, set, change)
    if (!before) return undefined
    const entity = buildEntity(set, sent, before)
    refuseClosed(entity, readSettings(store), change)
    // A document marked for deletion is never a posted one.
    if (entity.DeletionMark && entity.Posted) entity.Posted = false
    return saveEntity(store, set.name, entity)
  })()

/** For good: the interface leaves no deletion mark. */
export const deleteEntity = (store: Store, set: EntitySet, change: Change): boolean =>
  store.transaction(() => {
    const entity = writable(store, set, change)
    if (entity) removeEntity(store, set.name, change.key)
    return !!entity
  })()
