import { type Field, noType, type Row, typeOf } from './field.ts'
import { Refusal } from './refusal.ts'

type Sent = Readonly<Record<string, unknown>>

const wrongValue = (name: string): Refusal => new Refusal('4', `Неверное значение свойства "${name}"`)
const guid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i
const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/

/** Wall-clock time: a zone is as wrong as a day that does not exist. */
export const isMoment = (value: unknown): value is string => {
  if (typeof value !== 'string' || !moment.test(value)) return false
  const time = new Date(`${value}Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(value)
}
const isBase64 = (value: string): boolean => {
  const written = value.replace(/\s/g, '')
  return Buffer.from(written, 'base64').toString('base64') === written
}
export const isGuid = (value: unknown): value is string => typeof value === 'string' && guid.test(value)

/** The field's properties as they will be kept, or undefined when the caller sent none of them. */
export const readField = (name: string, field: Field, sent: Sent): Row | undefined => {
  if (field.kind === 'storage') return readStorage(name, sent)
  const value = sent[name]
  if (value === undefined) return undefined
  switch (field.kind) {
    case 'composite':
      return readComposite(name, field.of, value, sent[`${name}_Type`])
    case 'text':
      if (typeof value !== 'string' || (field.oneOf && value !== '' && !field.oneOf.includes(value)))
        throw wrongValue(name)
      return { [name]: value }
    case 'number':
      if (typeof value !== 'number') throw wrongValue(name)
      return { [name]: value }
    case 'flag':
      if (typeof value !== 'boolean') throw wrongValue(name)
      return { [name]: value }
    case 'date':
      if (!isMoment(value)) throw wrongValue(name)
      return { [name]: value }
    case 'reference':
      if (!isGuid(value)) throw wrongValue(name)
      return { [name]: value.toLowerCase() }
  }
}

/** Without its type the value must be ignored, and is. */
const readComposite = (name: string, of: readonly string[], value: unknown, type: unknown = noType): Row => {
  if (type === noType) return { [name]: '', [`${name}_Type`]: noType }
  const set = of.find((allowed) => typeOf(allowed) === type)
  if (!set || typeof value !== 'string') throw wrongValue(`${name}_Type`)
  if (!set.startsWith('Edm.') && !isGuid(value)) throw wrongValue(name)
  return { [name]: set.startsWith('Edm.') ? value : value.toLowerCase(), [`${name}_Type`]: String(type) }
}

const readStorage = (name: string, sent: Sent): Row | undefined => {
  const [content, type] = [sent[`${name}_Base64Data`], sent[`${name}_Type`]]
  if (content === undefined) return undefined
  if (typeof content !== 'string' || !isBase64(content)) throw wrongValue(`${name}_Base64Data`)
  // The platform names more types, in practice every other one breaks.
  if (type !== 'application/octet-stream')
    throw new Refusal('-1', 'Ошибка при записи файла: тип содержимого не поддерживается')
  return { [`${name}_Base64Data`]: content, [`${name}_Type`]: type }
}
