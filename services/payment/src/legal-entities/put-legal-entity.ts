import type { User } from '@kontora/access'
import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import type { WriteResources } from '../resources.ts'
import type { KnownLegalEntity, LegalEntity } from './legal-entity.ts'
import { readLegalEntities } from './read-legal-entities.ts'

type Put = { legalEntityId: string; version: number }

/** A change makes a new version, the same once more makes none: issued invoices keep the version of their day. */
export const putLegalEntity = (
  resources: WriteResources,
  who: Pick<User, 'id'>,
  { legalEntityId, entity }: { legalEntityId: string; entity: LegalEntity },
): Promise<Put> =>
  transaction(resources.sql, async (tx) => {
    // Rare, and two who put a new one at once would both make the first version.
    await tx`lock table legal_entities in share row exclusive mode`
    const all = await readLegalEntities(tx)
    const known = all.find((one) => one.legalEntityId === legalEntityId)
    if (all.some((one) => one !== known && one.numberPrefix === entity.numberPrefix))
      throw new Problem('conflict', 'Another legal entity has this prefix', {
        fields: { numberPrefix: 'one that no other legal entity has' },
      })
    if (known && isSame(known, entity)) return { legalEntityId, version: known.version }
    return addVersion(tx, resources, who, { legalEntityId, version: (known?.version ?? 0) + 1 }, entity)
  })

const isSame = (known: KnownLegalEntity, entity: LegalEntity): boolean =>
  (Object.keys(entity) as (keyof LegalEntity)[]).every((name) => known[name] === entity[name])

const addVersion = async (
  tx: Transaction,
  { now }: WriteResources,
  who: Pick<User, 'id'>,
  { legalEntityId, version }: Put,
  entity: LegalEntity,
): Promise<Put> => {
  const time = now()
  await tx`
    update legal_entities set replaced_at = ${time} where id = ${legalEntityId} and replaced_at is null`
  await tx`insert into legal_entities ${tx({ ...entity, id: legalEntityId, version, madeBy: who.id, madeAt: time })}`
  return { legalEntityId, version }
}
