import { readFile } from 'node:fs/promises'
import type { Sql } from '@kontora/postgres'
import { Problem, realChance } from '@kontora/service'
import { importStatement } from './import-statement.ts'
import { readStatementFile } from './read-statement-file.ts'

const operator = { id: 'operator' }

export const readBytes = (path: string | undefined): Promise<Uint8Array<ArrayBuffer>> =>
  readFile(path ?? '').catch(() => {
    throw new Problem('invalid-input', 'The file cannot be read')
  }) as Promise<Uint8Array<ArrayBuffer>>

/** A statement from a file of whatever size; how far it is goes to stderr. */
export const importStatementFile = async (sql: Sql, path: string | undefined): Promise<string> => {
  const file = await readStatementFile(await readBytes(path))
  const { statementId, fromDay, toDay, lines, added, changed, gone, known } = await importStatement(
    { ...realChance(), sql },
    operator,
    file,
    (stored, of) => process.stderr.write(`\r${stored} of ${of} lines`),
  )
  process.stderr.write('\n')
  const told = known ? 'known already, nothing has changed' : `${added} new, ${changed} changed, ${gone} gone`
  return `${statementId}  ${fromDay} to ${toDay}  ${lines} lines: ${told}`
}
