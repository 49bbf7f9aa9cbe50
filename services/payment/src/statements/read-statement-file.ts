import { Problem } from '@kontora/service'
import { type AccountDay, daysOf } from './text-file/days-of-statement.ts'
import { linesOf } from './text-file/lines-of-statement.ts'
import { createStatementParser } from './text-file/parse-statement.ts'
import { StatementFaults, type StatementLine } from './text-file/statement.ts'

/** A file that was read and whose sums are right. */
export type StatementFile = {
  sha256: string
  encoding: string
  madeAt: string | null
  fromDay: string
  toDay: string
  lines: StatementLine[]
  days: AccountDay[]
}

const hexOf = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')

const piece = 1024 * 1024

const parsed = (bytes: Uint8Array): Omit<StatementFile, 'sha256'> => {
  const parser = createStatementParser()
  for (let start = 0; start < bytes.length; start += piece) parser.push(bytes.subarray(start, start + piece))
  const statement = parser.end()
  const lines = linesOf(statement)
  const days = daysOf(statement, lines)
  const sorted = days.map(({ day }) => day).toSorted()
  const { encoding, madeAt } = statement
  return { encoding, madeAt, fromDay: sorted[0] ?? '', toDay: sorted.at(-1) ?? '', lines, days }
}

/** Refuses with each line that is wrong and what should stand there; nothing of what stands there is told back. */
export const readStatementFile = async (bytes: Uint8Array<ArrayBuffer>): Promise<StatementFile> => {
  try {
    const file = parsed(bytes)
    return { ...file, sha256: hexOf(await crypto.subtle.digest('SHA-256', bytes)) }
  } catch (error) {
    if (!(error instanceof StatementFaults)) throw error
    const fields = Object.fromEntries(error.faults.map(({ line, expected }) => [`line ${line}`, expected]))
    throw new Problem('invalid-input', 'The statement cannot be read', { fields })
  }
}
