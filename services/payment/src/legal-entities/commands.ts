import type { Sql } from '@kontora/postgres'
import { Problem, parseInput } from '@kontora/service'
import { Id } from '@kontora/validation'
import * as v from 'valibot'
import type { WriteResources } from '../resources.ts'
import { LegalEntity } from './legal-entity.ts'
import { putLegalEntity } from './put-legal-entity.ts'
import { readLegalEntities } from './read-legal-entities.ts'

const operator = { id: 'operator' }
const WithId = v.looseObject({ legalEntityId: v.optional(Id) })

const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new Problem('invalid-input', 'The legal entity is not JSON')
  }
}

/** One JSON object: the API's fields, and `legalEntityId` where one is to be changed. */
export const putFromText = async (resources: WriteResources, text: string): Promise<string> => {
  const { legalEntityId = resources.newId(), ...fields } = parseInput(WithId, readJson(text), 'legal entity')
  const entity = parseInput(LegalEntity, fields, 'legal entity')
  const put = await putLegalEntity(resources, operator, { legalEntityId, entity })
  return `${put.legalEntityId} version ${put.version}`
}

export const listLegalEntities = async (sql: Sql): Promise<string> => {
  const lines = (await readLegalEntities(sql)).map(({ legalEntityId, name, inn, numberPrefix, vatMode }) =>
    [
      legalEntityId,
      name,
      inn ? `ИНН ${inn}` : 'no requisites yet',
      numberPrefix || 'no prefix',
      vatMode,
    ].join('  '),
  )
  return lines.join('\n') || 'none'
}
