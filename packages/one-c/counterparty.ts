import { derivedKey } from './derived-key.ts'
import { exact, type OneCEntity } from './entity.ts'
import { fieldsOf } from './fields.ts'
import type { OneCMapping } from './mapping.ts'
import { named } from './named.ts'
import { wallClock } from './wall-clock.ts'

/** What `client` knows of a payer. */
export type Counterparty = {
  userId: string
  displayName: string
  inn: string | null
  kpp: string | null
  kind: 'person' | 'entrepreneur' | 'company'
}

const longestName = 100

export const counterpartyEntity = (
  { userId, displayName, inn, kpp, kind }: Counterparty,
  { counterpartyFields }: OneCMapping,
): OneCEntity => ({
  Ref_Key: userId,
  ...named(fieldsOf('counterparty', counterpartyFields), {
    name: displayName.slice(0, longestName),
    fullName: displayName,
    inn: inn ?? '',
    kpp: kpp ?? '',
    kind: exact(kind === 'company' ? 'ЮридическоеЛицо' : 'ФизическоеЛицо'),
  }),
})

export const buyersContract = 'СПокупателем'

/** A contract is with one organisation: with another one there is another, under a key of its own. */
export const contractKey = (userId: string, organizationKey: string, mapping: OneCMapping): Promise<string> =>
  derivedKey(userId, organizationKey === mapping.organizationKey ? 'contract' : `contract:${organizationKey}`)

/** The contract of a counterparty of ours, under a key that every service derives alike. */
export const contractEntity = async (
  userId: string,
  ownerKey: string,
  organizationKey: string,
  mapping: OneCMapping,
  now: Date,
): Promise<OneCEntity> => ({
  Ref_Key: await contractKey(userId, organizationKey, mapping),
  ...named(fieldsOf('contract', mapping.contractFields), {
    name: 'Основной договор',
    owner: ownerKey,
    organization: organizationKey,
    currency: mapping.currencyKey,
    kind: exact(buyersContract),
    date: `${wallClock(now, mapping.timeZone).slice(0, 10)}T00:00:00`,
  }),
})
