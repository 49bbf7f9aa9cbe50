import type { Sql } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import type { KnownLegalEntity } from './legal-entity.ts'
import { readLegalEntities } from './read-legal-entities.ts'

/** The wanted one; without a wish the only one. */
export const chooseLegalEntity = async (sql: Sql, wanted: string | undefined): Promise<KnownLegalEntity> => {
  const known = await readLegalEntities(sql)
  if (known.length === 0) throw new Problem('conflict', 'No legal entity is known yet')
  const chosen = wanted ? known.find((one) => one.legalEntityId === wanted) : known[0]
  if (!chosen || (!wanted && known.length > 1))
    throw new Problem('invalid-input', 'It must be said who sells', {
      fields: { legalEntityId: 'the id of a known legal entity' },
    })
  return chosen
}

export const refuseWithoutRequisites = ({ inn }: KnownLegalEntity): void => {
  if (inn === null) throw new Problem('conflict', 'The legal entity has no requisites yet')
}
