import {
  BankAccount,
  Bik,
  Id,
  Inn,
  isAccountOf,
  isCorrespondentAccountOf,
  Kpp,
  Name,
  Ogrn,
} from '@kontora/validation'
import * as v from 'valibot'
import { captures } from '../acquirer/acquirer.ts'

/** `none` takes no VAT at all, `reduced` is УСН with 5 or 7 %, `general` is everybody else. */
export const VatMode = v.picklist(['none', 'reduced', 'general'])
export type VatMode = v.InferOutput<typeof VatMode>

/** As the bank's receipts count: 0 ОСН, 1 УСН доход, 2 УСН доход − расход, 4 ЕСХН, 5 патент. */
const TaxSystem = v.picklist([0, 1, 2, 4, 5])

/** Stands before the year: `А-2026-000001`. */
const NumberPrefix = v.pipe(
  v.string(),
  v.regex(/^(?:[\p{L}\d-]{0,7}[\p{L}-])?$/u, 'up to 8 letters, digits and dashes, no digit at the end'),
)

const fields = {
  name: Name(200),
  fullName: Name(500),
  inn: Inn,
  /** A company has one, a person in business has none. */
  kpp: v.nullish(Kpp, null),
  ogrn: v.nullish(Ogrn, null),
  address: v.nullish(Name(500), null),
  bankAccount: BankAccount,
  bankName: Name(200),
  bik: Bik,
  correspondentAccount: BankAccount,
  /** Who signs. */
  director: v.nullish(Name(200), null),
  accountant: v.nullish(Name(200), null),
  numberPrefix: NumberPrefix,
  vatMode: VatMode,
  taxSystem: TaxSystem,
  /** Of his invoices that do not say it themselves: taken at once, or held until an operator takes it. */
  capture: v.optional(v.picklist(captures), 'auto'),
}

const Fields = v.strictObject(fields)
export type LegalEntity = v.InferOutput<typeof Fields>

const isCompany = ({ inn }: LegalEntity): boolean => inn.length === 10

/** All that invoices say of a seller. */
export const LegalEntity = v.pipe(
  Fields,
  v.forward(
    v.check(
      (entity: LegalEntity) => isAccountOf(entity.bik, entity.bankAccount),
      'an account of this БИК, its control digit right',
    ),
    ['bankAccount'],
  ),
  v.forward(
    v.check(
      (entity: LegalEntity) => isCorrespondentAccountOf(entity.bik, entity.correspondentAccount),
      'the correspondent account of this БИК, its control digit right',
    ),
    ['correspondentAccount'],
  ),
  v.forward(
    v.check(
      (entity: LegalEntity) => isCompany(entity) === (entity.kpp !== null),
      'the КПП of a company (ИНН of 10 digits), none of a person (12)',
    ),
    ['kpp'],
  ),
  v.forward(
    v.check(
      (entity: LegalEntity) => entity.ogrn === null || (entity.ogrn.length === 13) === isCompany(entity),
      '13 digits of a company, 15 of a person',
    ),
    ['ogrn'],
  ),
)
/** Requisites are null only of the one that was made for invoices of before there were legal entities. */
export const KnownLegalEntity = v.object({
  ...fields,
  legalEntityId: Id,
  version: v.number(),
  inn: v.nullable(Inn),
  kpp: v.nullable(Kpp),
  ogrn: v.nullable(Ogrn),
  address: v.nullable(v.string()),
  bankAccount: v.nullable(BankAccount),
  bankName: v.nullable(v.string()),
  bik: v.nullable(Bik),
  correspondentAccount: v.nullable(BankAccount),
  director: v.nullable(v.string()),
  accountant: v.nullable(v.string()),
})
export type KnownLegalEntity = v.InferOutput<typeof KnownLegalEntity>
