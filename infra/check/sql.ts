import { isSource, isTest } from './source-files.ts'

type Rule = { pattern: RegExp; why: string }

const everywhere: Rule[] = [
  {
    pattern: /\bselect\s+(\w+\.)?\*/i,
    why: 'name the columns: `select *` fails in open connections after `add column`',
  },
  { pattern: /\breturning\s+(\w+\.)?\*/i, why: 'name the columns after `returning`' },
]

/** Time, ids and chance come in through Resources; the database has none of its own. */
const noChance: Rule[] = [
  {
    pattern: /\b(now|clock_timestamp|statement_timestamp|gen_random_uuid|uuidv7|random)\(\)/i,
    why: 'time, ids and chance come in',
  },
  { pattern: /\bcurrent_timestamp\b/i, why: 'time comes in' },
]

const sqlOf = (path: string, text: string): string[] =>
  path.endsWith('.sql')
    ? [text]
    : Array.from(text.matchAll(/\b(?:sql|tx|lock)(?:<[^`]*?>)?`([^`]*)`/g), ([, query]) =>
        (query ?? '').replaceAll(/\$\{[^}]*\}/g, '?'),
      )

export const checkSql = async (files: string[]): Promise<string[]> => {
  const faults: string[] = []
  const shipped = (path: string) => /^(services|packages)\//.test(path) && !isTest(path)
  for (const path of files.filter((file) => shipped(file) && (isSource(file) || file.endsWith('.sql')))) {
    const queries = sqlOf(path, await Bun.file(path).text())
    for (const { pattern, why } of [...everywhere, ...noChance])
      if (queries.some((query) => pattern.test(query))) faults.push(`${path}: ${why}`)
  }
  return faults
}
