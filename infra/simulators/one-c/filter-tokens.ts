import { Refusal } from './refusal.ts'

export type Token =
  | { kind: 'name' | 'mark'; text: string }
  | {
      kind: 'literal'
      type: 'text' | 'number' | 'flag' | 'date' | 'reference'
      value: string | number | boolean
    }

const pattern =
  /\s*(?:guid'([^']*)'|datetime'([^']*)'|'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?)|(true|false)(?![\p{L}\p{N}_/])|([\p{L}_][\p{L}\p{N}_/]*)|([(),]))/uy

const guid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/

const tokenOf = ([, key, moment, text, number, flag, name, mark]: (string | undefined)[]): Token => {
  if (key !== undefined && guid.test(key))
    return { kind: 'literal', type: 'reference', value: key.toLowerCase() }
  if (moment !== undefined && time.test(moment)) return { kind: 'literal', type: 'date', value: moment }
  if (text !== undefined) return { kind: 'literal', type: 'text', value: text.replaceAll("''", "'") }
  if (number !== undefined) return { kind: 'literal', type: 'number', value: Number(number) }
  if (flag !== undefined) return { kind: 'literal', type: 'flag', value: flag === 'true' }
  if (name !== undefined) return { kind: 'name', text: name }
  if (mark !== undefined) return { kind: 'mark', text: mark }
  throw new Refusal('1', 'Ошибка разбора строки: неверный литерал')
}

export const filterTokens = (filter: string): Token[] => {
  const tokens: Token[] = []
  const source = filter.trimEnd()
  pattern.lastIndex = 0
  while (pattern.lastIndex < source.length) {
    const found = pattern.exec(source)
    if (!found) throw new Refusal('14', 'Ошибка разбора параметра запроса $filter')
    tokens.push(tokenOf(found))
  }
  return tokens
}
