import { Name } from '@kontora/validation'
import * as v from 'valibot'
import { bp30, type FieldChanges, type Part } from './fields.ts'

const Key = v.pipe(v.string(), v.toLowerCase(), v.uuid())
const SetName = v.pipe(Name(200), v.regex(/^(?:Catalog|Document)_[\p{L}\d_]+$/u, 'Catalog_… or Document_…'))
const Property = v.pipe(Name(100), v.regex(/^[\p{L}_][\p{L}\d_]*$/u, 'a property'))

const isZone = (timeZone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('ru', { timeZone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** Other names than those of БП 3.0; `null`: this base has no such property. */
const Fields = <Name extends Part>(part: Name): v.GenericSchema<FieldChanges<Name>> =>
  v.strictObject(
    Object.fromEntries(Object.keys(bp30[part]).map((word) => [word, v.optional(v.nullable(Property))])),
  ) as unknown as v.GenericSchema<FieldChanges<Name>>

/** What the base wants filled and we know nothing of: sent with each document as it stands here. */
const Constants = v.record(Property, v.union([v.string(), v.number(), v.boolean()]))

const InvoiceDocument = v.strictObject({
  set: SetName,
  fields: v.optional(Fields('invoice')),
  rowFields: v.optional(Fields('invoiceRow')),
  constants: v.optional(Constants),
})

/** `operation` is `ВидОперации`; 1С never guesses it. */
const MoneyDocument = v.strictObject({
  set: SetName,
  operation: Name(100),
  fields: v.optional(Fields('money')),
  rowFields: v.optional(Fields('moneyRow')),
  constants: v.optional(Constants),
})
export type InvoiceDocument = v.InferOutput<typeof InvoiceDocument>
export type MoneyDocument = v.InferOutput<typeof MoneyDocument>

/** What differs from base to base: the customer's keys and names. The setting ONEC_MAPPING holds it as JSON. */
export const OneCMapping = v.strictObject({
  /** 1С keeps wall-clock time without a zone, so it must be said which. */
  timeZone: v.pipe(v.string(), v.check(isZone, 'an IANA time zone')),
  /** `none` leaves the documents as drafts for the accountant. */
  postMode: v.picklist(['none', 'post']),
  /** Our organisation and its account, of every seller that is not named below. */
  organizationKey: Key,
  bankAccountKey: Key,
  /** By the id of the legal entity. */
  organizations: v.optional(
    v.record(v.pipe(v.string(), v.uuid()), v.strictObject({ organizationKey: Key, bankAccountKey: Key })),
  ),
  currencyKey: Key,
  nomenclatureKey: Key,
  accounts: v.strictObject({ buyers: Key, advances: Key }),
  /** Our code of a VAT rate → the value of the base's enumeration. */
  vat: v.record(Name(20), Name(50)),
  sets: v.strictObject({
    counterparties: SetName,
    contracts: SetName,
    nomenclature: SetName,
    files: SetName,
  }),
  documents: v.strictObject({
    invoice: InvoiceDocument,
    /** By card and by СБП the bank pays out later and less: the acquiring document (57.03), never a bank receipt. */
    card: MoneyDocument,
    sbp: MoneyDocument,
    refund: MoneyDocument,
    /** The double-booking switch: where 1С loads the bank's statements itself, it has the transfers without us. */
    transfer: v.union([v.literal('loaded-by-1c'), MoneyDocument]),
    /** The bank's commission by its registry: booked by us, or left to 1С, which may have it from the statement. */
    commission: v.union([v.literal('left-to-1c'), MoneyDocument]),
  }),
  /** What becomes of the document of a cancelled invoice: a deletion mark, unposted, or left to the accountant. */
  cancellation: v.picklist(['mark', 'unpost', 'leave']),
  /** `match-inn`: a counterparty that the base has already, by ИНН and КПП, is taken in place of one of our own. */
  counterparties: v.picklist(['own', 'match-inn']),
  counterpartyFields: v.optional(Fields('counterparty')),
  contractFields: v.optional(Fields('contract')),
})
export type OneCMapping = v.InferOutput<typeof OneCMapping>

/** Which organisation of the base a legal entity of ours is. */
export const organizationOf = (
  { organizationKey, bankAccountKey, organizations }: OneCMapping,
  legalEntityId: string,
): { organizationKey: string; bankAccountKey: string } =>
  organizations?.[legalEntityId] ?? { organizationKey, bankAccountKey }

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Which part of the mapping is wrong: a name that we know, never a value or a word of the customer's. */
const faultOf = (value: unknown): string => {
  const [issue] = v.safeParse(OneCMapping, value).issues ?? []
  const part = (issue && v.getDotPath(issue)?.split('.')[0]) ?? ''
  const place = part in OneCMapping.entries ? `, whose ${part} are wrong` : ''
  return `JSON with the mapping of the 1С base${place}`
}

/** The setting's schema: JSON text in, mapping out. */
export const OneCMappingText = v.pipe(
  v.string(),
  v.transform(parseJson),
  v.check(
    (value) => v.is(OneCMapping, value),
    (issue) => faultOf(issue.input),
  ),
  v.transform((value) => v.parse(OneCMapping, value)),
)
