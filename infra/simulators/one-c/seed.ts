import type { Store } from '../frame/store.ts'
import { entitySet } from './entity-sets.ts'
import { findEntity } from './entity-store.ts'
import { createEntity } from './write-entity.ts'

/** What the base holds on its first day; a mapping file names these keys. */
export const seed = {
  organizationKey: '0f000000-0000-4000-8000-000000000001',
  organizationInn: '7707083893',
  organizationKpp: '773601001',
  bankAccountKey: '0f000000-0000-4000-8000-000000000002',
  currencyKey: '0f000000-0000-4000-8000-000000000003',
  nomenclatureKey: '0f000000-0000-4000-8000-000000000004',
  /** The counterparty of its commission. */
  bankKey: '0f000000-0000-4000-8000-000000000009',
  bankContractKey: '0f000000-0000-4000-8000-00000000000a',
  /** 62.01 */
  buyersAccountKey: '0f000000-0000-4000-8000-000000000005',
  /** 62.02 */
  advancesAccountKey: '0f000000-0000-4000-8000-000000000006',
  /** 57.03 */
  cardsAccountKey: '0f000000-0000-4000-8000-000000000007',
  /** 90.01.1 */
  incomeAccountKey: '0f000000-0000-4000-8000-000000000008',
} as const

const account = (key: string, Code: string, Description: string) =>
  ['ChartOfAccounts_Хозрасчетный', key, { Code, Description }] as const

const entities: readonly (readonly [set: string, key: string, sent: Record<string, unknown>])[] = [
  [
    'Catalog_Организации',
    seed.organizationKey,
    {
      Description: 'Контора ООО',
      НаименованиеПолное: 'Общество с ограниченной ответственностью "Контора"',
      ИНН: seed.organizationInn,
      КПП: seed.organizationKpp,
      ОсновнойБанковскийСчет_Key: seed.bankAccountKey,
    },
  ],
  [
    'Catalog_БанковскиеСчета',
    seed.bankAccountKey,
    {
      Description: 'Основной счёт',
      Owner: seed.organizationKey,
      Owner_Type: 'StandardODATA.Catalog_Организации',
      НомерСчета: '40702810900000000001',
      ВалютаДенежныхСредств_Key: seed.currencyKey,
    },
  ],
  ['Catalog_Валюты', seed.currencyKey, { Code: '643', Description: 'руб.' }],
  [
    'Catalog_Номенклатура',
    seed.nomenclatureKey,
    { Description: 'Услуга', НаименованиеПолное: 'Услуга', Услуга: true },
  ],
  [
    'Catalog_Контрагенты',
    seed.bankKey,
    { Description: 'Банк ВТБ (ПАО)', ИНН: '7702070139', КПП: '784201001' },
  ],
  [
    'Catalog_ДоговорыКонтрагентов',
    seed.bankContractKey,
    {
      Description: 'Эквайринг',
      Owner_Key: seed.bankKey,
      Организация_Key: seed.organizationKey,
      ВидДоговора: 'Прочее',
      ВалютаВзаиморасчетов_Key: seed.currencyKey,
    },
  ],
  account(seed.buyersAccountKey, '62.01', 'Расчеты с покупателями и заказчиками'),
  account(seed.advancesAccountKey, '62.02', 'Расчеты по авансам полученным'),
  account(seed.cardsAccountKey, '57.03', 'Продажи по платежным картам'),
  account(seed.incomeAccountKey, '90.01.1', 'Выручка'),
]

export const plantSeed = (store: Store): void =>
  store.transaction(() => {
    for (const [set, Ref_Key, sent] of entities)
      if (!findEntity(store, set, Ref_Key)) createEntity(store, entitySet(set), { ...sent, Ref_Key })
  })()
