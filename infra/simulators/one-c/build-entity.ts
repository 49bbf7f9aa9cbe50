import { type EntitySet, ownFields } from './entity-set.ts'
import { type Entity, emptyField, type Fields, type Row } from './field.ts'
import { readField } from './read-field.ts'
import { Refusal } from './refusal.ts'

type Sent = Readonly<Record<string, unknown>>

/** The whole entity after a write: what was sent, else what was, else the empty value. Unknown properties fall away in silence. */
export const buildEntity = (set: EntitySet, sent: Sent, before?: Entity): Entity => {
  const entity: Entity = buildRow(set.fields, sent, before)
  for (const [section, fields] of Object.entries(set.sections))
    entity[section] = readRows(section, fields, sent[section]) ?? before?.[section] ?? []
  return entity
}

const buildRow = (fields: Fields, sent: Sent, before?: Entity): Row => {
  const row: Row = {}
  for (const [name, field] of Object.entries(fields)) {
    const empty = emptyField(name, field)
    const kept = Object.keys(empty).map((property) => [property, before?.[property] ?? empty[property]])
    Object.assign(row, (!ownFields.has(name) && readField(name, field, sent)) || Object.fromEntries(kept))
  }
  return row
}

/** A section is replaced whole; 1C numbers its rows itself, and `LineNumber`, an Int64, is a string in JSON. */
const readRows = (section: string, fields: Fields, sent: unknown): Row[] | undefined => {
  if (sent === undefined) return undefined
  if (!Array.isArray(sent)) throw new Refusal('4', `Неверное значение свойства "${section}"`)
  return sent.map((row: unknown, index) => {
    if (typeof row !== 'object' || row === null)
      throw new Refusal('4', `Неверное значение свойства "${section}"`)
    return { LineNumber: String(index + 1), ...buildRow(fields, row as Sent) }
  })
}
