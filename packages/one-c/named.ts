import type { OneCRow, OneCValue } from './entity.ts'

/** A reference to one of several sets: two properties, `X` and `X_Type`. */
export type Composite = { readonly ref: string; readonly set: string }
type Value = OneCValue | Composite

const isComposite = (value: Value): value is Composite => typeof value === 'object' && 'set' in value

const ofComposite = (property: string, { ref, set }: Composite): OneCRow => ({
  [property]: ref,
  [`${property}_Type`]: `StandardODATA.${set}`,
})

/** Our words become the base's properties; what the base does not have falls away here, and nowhere else. */
export const named = <Word extends string>(
  fields: Readonly<Record<Word, string | null>>,
  values: Readonly<Record<Word, Value>>,
): OneCRow =>
  Object.assign(
    {},
    ...(Object.entries(values) as [Word, Value][]).map(([word, value]): OneCRow => {
      const property = fields[word]
      if (property === null) return {}
      return isComposite(value) ? ofComposite(property, value) : { [property]: value }
    }),
  )
