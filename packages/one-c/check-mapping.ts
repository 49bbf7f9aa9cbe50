import { fieldsOf } from './fields.ts'
import type { MoneyDocument, OneCMapping } from './mapping.ts'
import { OneCFault } from './one-c-fault.ts'
import type { OneC } from './open-one-c.ts'

/** One question to a base: `no` must be put right before the first document, `unknown` a person has to ask. */
export type Finding = { question: string; answer: 'yes' | 'no' | 'unknown'; detail: string }

type Properties = {
  has: (property: string) => boolean
  section: (property: string) => Properties | undefined
}

const blockOf = (metadata: string, kind: string, name: string): string | undefined => {
  const start = metadata.indexOf(`<${kind} Name="${name}"`)
  return start < 0 ? undefined : metadata.slice(start, metadata.indexOf(`</${kind}>`, start))
}

const propertiesIn = (metadata: string, block: string): Properties => ({
  has: (property) => block.includes(` Name="${property}"`),
  section: (property) => {
    const [, type] =
      new RegExp(` Name="${property}" Type="Collection\\(StandardODATA\\.([^)"]+)\\)`).exec(block) ?? []
    const rows = type && blockOf(metadata, 'ComplexType', type)
    return rows ? propertiesIn(metadata, rows) : undefined
  },
})

/** What the base's own description says of one set; undefined is not in its composition. */
const describedSet = (metadata: string, set: string): Properties | undefined => {
  const block = blockOf(metadata, 'EntityType', set)
  return block === undefined ? undefined : propertiesIn(metadata, block)
}

const missing = (known: Properties | undefined, fields: Readonly<Record<string, string | null>>): string[] =>
  known ? Object.values(fields).filter((name): name is string => name !== null && !known.has(name)) : []

type Wanted = {
  set: string
  fields: Readonly<Record<string, string | null>>
  rowFields?: Readonly<Record<string, string | null>>
  constants?: Readonly<Record<string, unknown>> | undefined
}

const moneyWanted = (document: 'loaded-by-1c' | 'left-to-1c' | MoneyDocument): Wanted[] => {
  if (typeof document === 'string') return []
  const { set, fields, rowFields, constants } = document
  const names = { fields: fieldsOf('money', fields), rowFields: fieldsOf('moneyRow', rowFields) }
  return [{ set, ...names, constants }]
}

const wantedOf = ({ sets, documents, counterpartyFields, contractFields }: OneCMapping): Wanted[] => {
  const { invoice, card, sbp, refund, transfer, commission } = documents
  return [
    {
      set: sets.counterparties,
      fields: fieldsOf('counterparty', counterpartyFields),
    },
    { set: sets.contracts, fields: fieldsOf('contract', contractFields) },
    {
      set: invoice.set,
      fields: fieldsOf('invoice', invoice.fields),
      rowFields: fieldsOf('invoiceRow', invoice.rowFields),
      constants: invoice.constants,
    },
    ...[card, sbp, refund, transfer, commission].flatMap(moneyWanted),
  ]
}

const checkSet = (metadata: string, { set, fields, rowFields, constants = {} }: Wanted): Finding => {
  const question = `${set}: в составе OData, и все реквизиты по настройке есть`
  const known = describedSet(metadata, set)
  if (!known) return { question, answer: 'no', detail: 'нет в составе' }
  const header = missing(known, {
    ...fields,
    ...Object.fromEntries(Object.keys(constants).map((n) => [n, n])),
  })
  const { rows } = fields
  const section = rows ? known.section(rows) : undefined
  const absent = [...header, ...missing(section, rowFields ?? {}).map((name) => `${rows}.${name}`)]
  if (absent.length > 0) return { question, answer: 'no', detail: `нет: ${absent.join(', ')}` }
  if (rows && !section) return { question, answer: 'unknown', detail: `строки ${rows} не описаны` }
  return { question, answer: 'yes', detail: '' }
}

/** Card and СБП are often one set. */
const once = (findings: Finding[]): Finding[] => [
  ...new Map(findings.map((finding) => [finding.question + finding.detail, finding])).values(),
]

/** Sets that every configuration of this family has; another one's key is then for a person to look up. */
const keysOf = (mapping: OneCMapping): [what: string, set: string, key: string][] => [
  ['организация', 'Catalog_Организации', mapping.organizationKey],
  ['валюта', 'Catalog_Валюты', mapping.currencyKey],
  ['расчётный счёт', 'Catalog_БанковскиеСчета', mapping.bankAccountKey],
  ['номенклатура', mapping.sets.nomenclature, mapping.nomenclatureKey],
  ['счёт учёта покупателей', 'ChartOfAccounts_Хозрасчетный', mapping.accounts.buyers],
  ['счёт учёта авансов', 'ChartOfAccounts_Хозрасчетный', mapping.accounts.advances],
]

const checkKey = async (
  oneC: OneC,
  sets: Set<string>,
  [what, set, key]: [string, string, string],
): Promise<Finding> => {
  const question = `Ключ из настройки: ${what}`
  if (!sets.has(set)) return { question, answer: 'unknown', detail: `${set} нет в составе` }
  const found = await oneC.get(set, key)
  if (!found) return { question, answer: 'no', detail: `${set} не знает этого ключа` }
  return found.DeletionMark === true
    ? { question, answer: 'no', detail: 'помечен на удаление' }
    : { question, answer: 'yes', detail: String(found.Description ?? found.Code ?? '') }
}

const wrongCurrency = async ({ get, mapping }: OneC, sets: Set<string>): Promise<Finding[]> => {
  if (!sets.has('Catalog_Валюты')) return []
  const currency = await get('Catalog_Валюты', mapping.currencyKey)
  if (!currency || currency.Code === '643') return []
  return [{ question: 'Валюта — рубль (643)', answer: 'no', detail: `код ${String(currency.Code)}` }]
}

/** What no question of ours can answer, for the first day with a customer's base. */
const forPeople: Finding[] = [
  'Версии платформы и конфигурации',
  'Свой Ref_Key при создании сохраняется (видно по первому документу: он сверяется)',
  'Размер пула сеансов и учёт лицензий',
  'Часовой пояс сервера совпадает с настройкой (дата первого документа в форме 1С)',
  'Кто загружает банковские выписки, и проводит ли эквайринг отдельный документ',
  'Дата запрета изменения',
].map((question) => ({ question, answer: 'unknown', detail: 'спросить у администратора 1С' }))

/** Asks a base whether a mapping fits it: once, at deployment. Only reads. */
export const checkMapping = async (oneC: OneC): Promise<Finding[]> => {
  const sets = await oneC.sets()
  const question = 'OData опубликован, состав не пуст'
  if (sets.size === 0) return [{ question, answer: 'no', detail: 'состав пуст' }]
  const metadata = await oneC.metadata()
  if (!metadata.includes('EntityType')) throw new OneCFault('configuration', 'no-metadata')
  const keys: Finding[] = []
  // One after another: a check is no load.
  for (const one of keysOf(oneC.mapping)) keys.push(await checkKey(oneC, sets, one))
  return once([
    { question, answer: 'yes', detail: `объектов: ${sets.size}` },
    ...wantedOf(oneC.mapping).map((wanted) => checkSet(metadata, wanted)),
    ...keys,
    ...(await wrongCurrency(oneC, sets)),
    ...forPeople,
  ])
}
