import { Name } from '@kontora/validation'
import * as v from 'valibot'

const Key = v.pipe(v.string(), v.toLowerCase(), v.uuid())
const SetName = v.pipe(Name(200), v.regex(/^(?:Catalog|Document)_[\p{L}\d_]+$/u, 'Catalog_… or Document_…'))

const isZone = (timeZone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('ru', { timeZone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** What differs from base to base: the customer's keys and names. The setting ONEC_MAPPING holds it as JSON. */
export const OneCMapping = v.strictObject({
  /** 1С keeps wall-clock time without a zone, so it must be said which. */
  timeZone: v.pipe(v.string(), v.check(isZone, 'an IANA time zone')),
  /** `none` leaves the documents as drafts for the accountant. */
  postMode: v.picklist(['none', 'post']),
  organizationKey: Key,
  currencyKey: Key,
  bankAccountKey: Key,
  nomenclatureKey: Key,
  accounts: v.strictObject({ buyers: Key, advances: Key }),
  /** Names of the enumeration of VAT rates. */
  vat: v.objectWithRest(
    {
      none: Name(50),
      '0': Name(50),
      '5': Name(50),
      '7': Name(50),
      '10': Name(50),
      '20': Name(50),
      '22': Name(50),
    },
    Name(50),
  ),
  sets: v.strictObject({
    counterparties: SetName,
    contracts: SetName,
    nomenclature: SetName,
    invoices: SetName,
    cardPayments: SetName,
    sbpPayments: SetName,
    refunds: SetName,
    files: SetName,
  }),
  /** `ВидОперации` of what comes in and what goes back; 1С never guesses it. */
  operations: v.strictObject({ payment: Name(100), refund: Name(100) }),
})
export type OneCMapping = v.InferOutput<typeof OneCMapping>

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The setting's schema: JSON text in, mapping out. */
export const OneCMappingText = v.pipe(
  v.string(),
  v.transform(parseJson),
  v.check((value) => v.is(OneCMapping, value), 'JSON with the mapping of the 1С base'),
  v.transform((value) => v.parse(OneCMapping, value)),
)
