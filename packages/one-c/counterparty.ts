import { derivedKey } from './derived-key.ts'
import type { OneCEntity } from './entity.ts'
import type { OneCMapping } from './mapping.ts'
import { wallClock } from './wall-clock.ts'

/** What `client` knows of a payer. */
export type Counterparty = {
  userId: string
  displayName: string
  inn: string | null
  kpp: string | null
  kind: 'person' | 'entrepreneur' | 'company'
}

export const counterpartyEntity = ({ userId, displayName, inn, kpp, kind }: Counterparty): OneCEntity => ({
  Ref_Key: userId,
  Description: displayName.slice(0, 100),
  НаименованиеПолное: displayName,
  ИНН: inn ?? '',
  КПП: kpp ?? '',
  ЮридическоеФизическоеЛицо: kind === 'company' ? 'ЮридическоеЛицо' : 'ФизическоеЛицо',
})

export const contractEntity = async (
  userId: string,
  { organizationKey, currencyKey, timeZone }: OneCMapping,
  now: Date,
): Promise<OneCEntity> => ({
  Ref_Key: await derivedKey(userId, 'contract'),
  Description: 'Основной договор',
  Owner_Key: userId,
  Организация_Key: organizationKey,
  ВалютаВзаиморасчетов_Key: currencyKey,
  ВидДоговора: 'СПокупателем',
  Дата: `${wallClock(now, timeZone).slice(0, 10)}T00:00:00`,
})
