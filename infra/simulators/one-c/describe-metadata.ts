import type { EntitySet } from './entity-set.ts'
import { entitySets } from './entity-sets.ts'
import { type Field, type Fields, propertiesOf } from './field.ts'

const types: Record<Field['kind'], string> = {
  text: 'Edm.String',
  number: 'Edm.Double',
  flag: 'Edm.Boolean',
  date: 'Edm.DateTime',
  reference: 'Edm.Guid',
  composite: 'Edm.String',
  storage: 'Edm.Binary',
}

const property = (name: string, type: string): string => `<Property Name="${name}" Type="${type}"/>`
const properties = (fields: Fields): string =>
  [...propertiesOf(fields)].map(([name, kind]) => property(name, types[kind])).join('')

const rowType = (set: string, section: string): string => `${set}_${section}_RowType`

const describeSet = ({ name, fields, sections }: EntitySet): string => {
  const rows = Object.keys(sections).map((section) =>
    property(section, `Collection(StandardODATA.${rowType(name, section)})`),
  )
  const rowTypes = Object.entries(sections).map(
    ([section, row]) =>
      `<ComplexType Name="${rowType(name, section)}">${property('LineNumber', 'Edm.Int64')}${properties(row)}</ComplexType>`,
  )
  return `<EntityType Name="${name}"><Key><PropertyRef Name="Ref_Key"/></Key>${properties(fields)}${rows.join('')}</EntityType>
${rowTypes.join('\n')}`
}

/** The composition as CSDL 3, in XML only. */
export const describeMetadata = (): string => {
  const sets = [...entitySets.values()]
  const container = sets.map(({ name }) => `<EntitySet Name="${name}" EntityType="StandardODATA.${name}"/>`)
  return `<?xml version="1.0" encoding="UTF-8"?>
<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">
<edmx:DataServices m:DataServiceVersion="3.0" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
<Schema Namespace="StandardODATA" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">
${sets.map(describeSet).join('\n')}
<EntityContainer Name="EnterpriseV8">${container.join('')}</EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>`
}
