import { catalogs } from './catalogs.ts'
import { documents } from './documents.ts'
import type { EntitySet } from './entity-set.ts'
import { type Fields, flag, reference, text } from './field.ts'
import { Refusal } from './refusal.ts'

const accounts: EntitySet = {
  name: 'ChartOfAccounts_Хозрасчетный',
  kind: 'ChartOfAccounts',
  fields: { Ref_Key: reference, DataVersion: text, DeletionMark: flag, Code: text, Description: text },
  sections: {},
}

export const entitySets: ReadonlyMap<string, EntitySet> = new Map(
  [...catalogs, ...documents, accounts].map((set) => [set.name, set]),
)

export type SectionSet = { owner: EntitySet; section: string; fields: Fields }

/** All rows of one tabular section of all documents: `Document_X_Товары`. */
export const sectionSets: ReadonlyMap<string, SectionSet> = new Map(
  [...entitySets.values()].flatMap((owner) =>
    Object.entries(owner.sections).map(([section, fields]): [string, SectionSet] => [
      `${owner.name}_${section}`,
      { owner, section, fields: { Ref_Key: reference, LineNumber: text, ...fields } },
    ]),
  ),
)

export const entitySet = (name: string): EntitySet => {
  const set = entitySets.get(name)
  if (!set) throw new Refusal('8', `Тип сущности "${name}" не найден`)
  return set
}
