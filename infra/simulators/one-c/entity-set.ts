import { date, type Fields, flag, reference, text } from './field.ts'

export type EntitySet = {
  name: string
  kind: 'Catalog' | 'Document' | 'ChartOfAccounts'
  fields: Fields
  sections: Readonly<Record<string, Fields>>
}
type Sections = EntitySet['sections']

/** What 1C itself keeps: a caller's value is ignored. Posting is a call of its own. */
export const ownFields: ReadonlySet<string> = new Set([
  'Ref_Key',
  'DataVersion',
  'Posted',
  'Predefined',
  'PredefinedDataName',
])

export const catalog = (name: string, fields: Fields, sections: Sections = {}): EntitySet => ({
  name: `Catalog_${name}`,
  kind: 'Catalog',
  fields: {
    Ref_Key: reference,
    DataVersion: text,
    DeletionMark: flag,
    Predefined: flag,
    PredefinedDataName: text,
    Code: text,
    Description: text,
    ...fields,
  },
  sections,
})

export const document = (name: string, fields: Fields, sections: Sections): EntitySet => ({
  name: `Document_${name}`,
  kind: 'Document',
  fields: {
    Ref_Key: reference,
    DataVersion: text,
    DeletionMark: flag,
    Number: text,
    Date: date,
    Posted: flag,
    ...fields,
  },
  sections,
})
