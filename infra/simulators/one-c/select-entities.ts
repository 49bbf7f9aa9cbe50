import type { Entity, Field } from './field.ts'
import { parseFilter } from './parse-filter.ts'
import { Refusal } from './refusal.ts'

export type Readable = { properties: Map<string, Field['kind']>; sections: Readonly<Record<string, object>> }
type Query = ReadonlyMap<string, string>

const unparsed = (option: string): Refusal => new Refusal('14', `Ошибка разбора параметра запроса ${option}`)
const noProperty = (name: string): Refusal => new Refusal('10', `Свойство "${name}" не найдено`)

export const filtered = (entities: Entity[], { properties }: Readable, query: Query): Entity[] => {
  const filter = query.get('$filter')
  return filter === undefined ? entities : entities.filter(parseFilter(filter, properties))
}

type Term = { name: string; sign: number }
const terms = (order: string, properties: Readable['properties']): Term[] =>
  order.split(',').map((part) => {
    const [name = '', direction = 'asc', ...rest] = part.trim().split(/\s+/)
    if (!['asc', 'desc'].includes(direction) || rest.length > 0) throw unparsed('$orderby')
    if (!properties.has(name)) throw noProperty(name)
    return { name, sign: direction === 'asc' ? 1 : -1 }
  })

export const ordered = (entities: Entity[], { properties }: Readable, query: Query): Entity[] => {
  const order = query.get('$orderby')
  if (order === undefined) return entities
  const by = terms(order, properties)
  return entities.toSorted((left, right) => {
    for (const { name, sign } of by) {
      const [a = '', b = ''] = [left[name], right[name]]
      if (a !== b) return a < b ? -sign : sign
    }
    return 0
  })
}

const count = (query: Query, option: string): number | undefined => {
  const given = query.get(option)
  if (given === undefined) return undefined
  if (!/^\d{1,9}$/.test(given)) throw unparsed(option)
  return Number(given)
}

/** Skips first, then takes. By the manual `$inlinecount=allpages` makes both ignored. */
export const paged = (entities: Entity[], query: Query): Entity[] => {
  const [skip = 0, top = entities.length] = [count(query, '$skip'), count(query, '$top')]
  return query.get('$inlinecount') === 'allpages' ? entities : entities.slice(skip, skip + top)
}

/** `*` is all, `**` is all without tabular sections. */
export const selection = ({ properties, sections }: Readable, query: Query): ((entity: Entity) => Entity) => {
  const names = query
    .get('$select')
    ?.split(',')
    .map((name) => name.trim())
  if (!names || names.includes('*')) return (entity) => entity
  const wanted = names.flatMap((name) => (name === '**' ? [...properties.keys()] : [name]))
  for (const name of wanted) if (!properties.has(name) && !(name in sections)) throw noProperty(name)
  return (entity) =>
    Object.fromEntries(wanted.flatMap((name) => (name in entity ? [[name, entity[name]]] : []))) as Entity
}
