import { expect, test } from 'bun:test'
import { dispositionOf } from './file-name.ts'
import { simulatedSheet } from './testing-sheet.ts'

/** As RFC 5987 has it read. */
const nameIn = (header: string): string =>
  decodeURIComponent(/filename\*=UTF-8''(\S+)$/.exec(header)?.[1] ?? '')

test('a name says number and day, in Russian and, for old readers, in ASCII', () => {
  const header = dispositionOf(simulatedSheet(1, { number: "ИЦ'-2026-000001" }))
  expect(nameIn(header)).toBe("Счёт № ИЦ'-2026-000001 от 23.11.2026.pdf")
  expect(header).toStartWith('inline; filename="invoice-___-2026-000001.pdf"; ')
  expect(header).toMatch(/^[\x20-\x7e]+$/)
  expect(header.split("UTF-8''")[1]).not.toContain("'")
})
