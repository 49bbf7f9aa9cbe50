import { Problem } from '@kontora/service'
import { decoderOf, encodingOf } from '../statements/text-file/decode-bytes.ts'
import { dayOf, kopecksOf } from '../statements/text-file/read-fields.ts'
import { type Fault, mostFaults } from '../statements/text-file/statement.ts'
import { parseCsv } from './parse-csv.ts'
import type { RegistryFormat } from './registry-format.ts'

/** One operation as the bank's registry has it. What a refund takes stands in `net` below zero; a commission that is given back too. */
export type RegistryOperation = {
  line: number
  kind: 'payment' | 'refund'
  way: 'card' | 'sbp' | null
  orderNumber: string
  reference: string
  operatedOn: string
  grossKopecks: number
  commissionKopecks: number
  netKopecks: number
  payout: string
  paidOn: string
}

export type RegistryFile = { sha256: string; operations: RegistryOperation[] }

type Columns = RegistryFormat['columns']
type Row = {
  line: number
  text: (column: keyof Columns) => string
  fault: (column: string, expected: string) => void
}

const isWord = (words: readonly string[] | undefined, text: string): boolean =>
  (words ?? []).some((word) => word.toLowerCase() === text.toLowerCase())

const kindOf = ({ words }: RegistryFormat, row: Row): 'payment' | 'refund' => {
  const text = row.text('kind')
  if (!isWord(words.payment, text) && !isWord(words.refund, text))
    row.fault('kind', 'a known kind of operation')
  return isWord(words.refund, text) ? 'refund' : 'payment'
}

const wayOf = ({ words }: RegistryFormat, row: Row): 'card' | 'sbp' | null => {
  if (isWord(words.card, row.text('way'))) return 'card'
  return isWord(words.sbp, row.text('way')) ? 'sbp' : null
}

const money = (row: Row, column: keyof Columns): number => {
  const kopecks = kopecksOf(row.text(column))
  if (kopecks === undefined) row.fault(column, 'a sum in roubles')
  return kopecks ?? 0
}

/** Banks write `2026-11-23` or `23.11.2026`, with or without a time behind it. */
const day = (row: Row, column: keyof Columns): string => {
  const text = row.text(column)
  const turned = text.replace(/^([12]\d{3})-(\d\d)-(\d\d)(?:[T\s].*)?$/, '$3.$2.$1')
  const read = dayOf(turned)
  if (read === undefined) row.fault(column, 'a day as 23.11.2026')
  return read ?? ''
}

const required = (row: Row, column: keyof Columns): string => {
  const text = row.text(column)
  if (text === '' || text.length > 100) row.fault(column, 'filled')
  return text
}

const operationOf = (format: RegistryFormat, row: Row): RegistryOperation => {
  const kind = kindOf(format, row)
  const grossKopecks = Math.abs(money(row, 'gross'))
  if (grossKopecks === 0) row.fault('gross', 'a sum other than zero')
  return {
    line: row.line,
    kind,
    way: wayOf(format, row),
    orderNumber: required(row, 'orderNumber'),
    reference: row.text('reference'),
    operatedOn: day(row, 'operatedOn'),
    grossKopecks,
    commissionKopecks: money(row, 'commission'),
    netKopecks: money(row, 'net'),
    payout: required(row, 'payout'),
    paidOn: day(row, 'paidOn'),
  }
}

const refuse = (faults: Fault[]): never => {
  const told = faults
    .slice(0, mostFaults)
    .map(({ line, expected }): [string, string] => [`line ${line}`, expected])
  throw new Problem('invalid-input', 'The registry cannot be read', { fields: Object.fromEntries(told) })
}

/** Where each column stands in this file; one that the format has and the file has not is a fault. */
const placesOf = ({ columns }: RegistryFormat, titles: readonly string[]): Map<string, number> => {
  const places = new Map(
    Object.entries(columns).map(([name, title]): [string, number] => [name, titles.indexOf(title ?? '')]),
  )
  const missing = [...places].filter(([, place]) => place < 0)
  if (missing.length > 0) refuse(missing.map(([name]) => ({ line: 1, expected: `a column for ${name}` })))
  return places
}

const operationsIn = (bytes: Uint8Array, format: RegistryFormat): RegistryOperation[] => {
  const text = decoderOf(encodingOf(bytes, format.columns.kind))(bytes)
  const [titles = [], ...rows] = parseCsv(text, format.delimiter)
  const places = placesOf(format, titles)
  const faults: Fault[] = []
  const operations = rows.map((cells, i) =>
    operationOf(format, {
      line: i + 2,
      text: (column) => cells[places.get(column) ?? -1] ?? '',
      fault: (column, expected) => faults.push({ line: i + 2, expected: `${column}: ${expected}` }),
    }),
  )
  if (operations.length === 0) faults.push({ line: 2, expected: 'at least one operation' })
  if (faults.length > 0) refuse(faults)
  return operations
}

const hexOf = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')

/** Refuses with line and column of what is wrong; no value is told back. */
export const readRegistryFile = async (
  bytes: Uint8Array<ArrayBuffer>,
  format: RegistryFormat,
): Promise<RegistryFile> => {
  const operations = operationsIn(bytes, format)
  return { sha256: hexOf(await crypto.subtle.digest('SHA-256', bytes)), operations }
}
