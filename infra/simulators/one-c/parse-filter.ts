import { comparison, type Operand, type Predicate, textFunction } from './compare.ts'
import { entitySets } from './entity-sets.ts'
import { type Field, typeOf } from './field.ts'
import { filterTokens, type Token } from './filter-tokens.ts'
import { Refusal } from './refusal.ts'

type Reader = { properties: Map<string, Field['kind']>; tokens: Token[] }

const unparsed = (): Refusal => new Refusal('14', 'Ошибка разбора параметра запроса $filter')

/** `or` binds weaker than `and`, `and` weaker than `not`. */
export const parseFilter = (filter: string, properties: Reader['properties']): Predicate => {
  const reader = { properties, tokens: filterTokens(filter) }
  const predicate = either(reader)
  if (reader.tokens.length > 0) throw unparsed()
  return predicate
}

const takes = ({ tokens }: Reader, word: string): boolean => {
  const [token] = tokens
  if (!token || token.kind === 'literal' || token.text !== word) return false
  tokens.shift()
  return true
}
const expect = (reader: Reader, word: string): void => {
  if (!takes(reader, word)) throw unparsed()
}

const either = (reader: Reader): Predicate => {
  const left = both(reader)
  if (!takes(reader, 'or')) return left
  const right = either(reader)
  return (entity) => left(entity) || right(entity)
}

const both = (reader: Reader): Predicate => {
  const left = single(reader)
  if (!takes(reader, 'and')) return left
  const right = both(reader)
  return (entity) => left(entity) && right(entity)
}

const single = (reader: Reader): Predicate => {
  if (takes(reader, 'not')) {
    const inner = single(reader)
    return (entity) => !inner(entity)
  }
  if (takes(reader, '(')) {
    const inner = either(reader)
    expect(reader, ')')
    return inner
  }
  const [name, bracket] = reader.tokens
  if (name?.kind === 'name' && name.text !== 'cast' && bracket?.kind === 'mark' && bracket.text === '(')
    return call(reader, name.text)
  const left = operand(reader)
  const operator = reader.tokens.shift()
  if (operator?.kind !== 'name') throw unparsed()
  return comparison(left, operator.text, operand(reader))
}

const call = (reader: Reader, name: string): Predicate => {
  reader.tokens.splice(0, 2)
  const given = [operand(reader)]
  while (takes(reader, ',')) given.push(operand(reader))
  expect(reader, ')')
  return textFunction(name, given)
}

const operand = (reader: Reader): Operand => {
  if (takes(reader, 'cast')) return cast(reader)
  const token = reader.tokens.shift()
  if (token?.kind === 'literal') return { type: token.type, value: () => token.value }
  if (token?.kind !== 'name') throw unparsed()
  const property = token.text
  const type = reader.properties.get(property)
  if (!type) throw new Refusal('10', `Свойство "${property}" не найдено`)
  if (type === 'composite')
    return { type, property, value: (entity) => `${entity[`${property}_Type`]} ${entity[property]}` }
  return { type, property, value: (entity) => entity[property] as string | number | boolean }
}

/** `cast(guid'…','Catalog_X')`: the only way to compare a composite field. */
const cast = (reader: Reader): Operand => {
  expect(reader, '(')
  const key = reader.tokens.shift()
  expect(reader, ',')
  const set = reader.tokens.shift()
  expect(reader, ')')
  if (key?.kind !== 'literal' || key.type !== 'reference' || set?.kind !== 'literal') throw unparsed()
  const name = String(set.value)
  if (!entitySets.has(name)) throw new Refusal('21', `Неизвестный тип: ${name}`)
  return { type: 'cast', value: () => `${typeOf(name)} ${key.value}` }
}
