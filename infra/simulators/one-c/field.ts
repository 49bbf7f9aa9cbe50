export type Scalar = string | number | boolean
export type Row = Record<string, Scalar>
export type Entity = Record<string, Scalar | Row[]>

export type Field =
  | { kind: 'text'; oneOf?: readonly string[] }
  | { kind: 'number' | 'flag' | 'date' | 'reference' | 'storage' }
  | { kind: 'composite'; of: readonly string[] }
export type Fields = Readonly<Record<string, Field>>

export const text: Field = { kind: 'text' }
export const number: Field = { kind: 'number' }
export const flag: Field = { kind: 'flag' }
export const date: Field = { kind: 'date' }
export const reference: Field = { kind: 'reference' }
/** ХранилищеЗначения: read as a stream, written as base64 only. */
export const storage: Field = { kind: 'storage' }
export const oneOf = (...values: string[]): Field => ({ kind: 'text', oneOf: values })
/** A reference to one of several sets: two properties, `X` and `X_Type`. */
export const composite = (...of: string[]): Field => ({ kind: 'composite', of })

export const noReference = '00000000-0000-0000-0000-000000000000'
export const noDate = '0001-01-01T00:00:00'
export const noType = 'StandardODATA.Undefined'
export const typeOf = (set: string): string => (set.startsWith('Edm.') ? set : `StandardODATA.${set}`)

/** What a field looks like from outside: its properties, and the value of each while it is empty. */
export const emptyField = (name: string, { kind }: Field): Row => {
  switch (kind) {
    case 'text':
      return { [name]: '' }
    case 'number':
      return { [name]: 0 }
    case 'flag':
      return { [name]: false }
    case 'date':
      return { [name]: noDate }
    case 'reference':
      return { [name]: noReference }
    case 'composite':
      return { [name]: '', [`${name}_Type`]: noType }
    case 'storage':
      return { [`${name}_Base64Data`]: '', [`${name}_Type`]: '' }
  }
}

/** Which field a property belongs to, for filters and `$metadata`; `X_Type` is text. */
export const propertiesOf = (fields: Fields): Map<string, Field['kind']> =>
  new Map(
    Object.entries(fields).flatMap(([name, field]) =>
      Object.keys(emptyField(name, field)).map((property): [string, Field['kind']] => [
        property,
        property.endsWith('_Type') && property !== name ? 'text' : field.kind,
      ]),
    ),
  )
