import type { Entity, Field } from './field.ts'
import { Refusal } from './refusal.ts'

export type Operand = {
  type: Field['kind'] | 'cast'
  value: (entity: Entity) => string | number | boolean
  property?: string
}
export type Predicate = (entity: Entity) => boolean

type Value = string | number | boolean
const comparisons: Record<string, (left: Value, right: Value) => boolean> = {
  eq: (left, right) => left === right,
  ne: (left, right) => left !== right,
  gt: (left, right) => left > right,
  ge: (left, right) => left >= right,
  lt: (left, right) => left < right,
  le: (left, right) => left <= right,
}

const unparsed = (): Refusal => new Refusal('14', 'Ошибка разбора параметра запроса $filter')

/** A composite field against a bare guid finds nothing, and on the owner of a bank account it breaks; a cast works. */
const bareGuid = (operand: Operand): Predicate => {
  if (operand.property === 'Owner') throw new Refusal('-1', 'Несоответствие типов (параметр "Owner")')
  return () => false
}

export const comparison = (left: Operand, operator: string, right: Operand): Predicate => {
  const compare = comparisons[operator]
  if (!compare) throw unparsed()
  const types = [left.type, right.type]
  if (types.includes('storage')) throw unparsed()
  if (types.includes('composite') && !types.includes('cast'))
    return bareGuid(left.type === 'composite' ? left : right)
  const alike = left.type === right.type || (types.includes('composite') && types.includes('cast'))
  if (!alike) throw new Refusal('14', 'Ошибка разбора параметра запроса $filter: несравнимые типы')
  return (entity) => compare(left.value(entity), right.value(entity))
}

const functions: Record<string, (first: string, second: string) => boolean> = {
  substringof: (needle, whole) => whole.includes(needle),
  startswith: (whole, needle) => whole.startsWith(needle),
  endswith: (whole, needle) => whole.endsWith(needle),
}

export const textFunction = (name: string, [first, second, ...rest]: Operand[]): Predicate => {
  const test = functions[name]
  if (!test || first?.type !== 'text' || second?.type !== 'text' || rest.length > 0)
    throw new Refusal('21', `Неизвестная функция или неверные аргументы: ${name}`)
  return (entity) => test(String(first.value(entity)), String(second.value(entity)))
}
