import { connect } from '../../../packages/postgres/index.ts'

type Table = { schema: string; name: string }

/** Every row of every table of a database, as text: what a dump holds. (A stream of `copy` may never end under load.) */
export const dumpDatabase = async (postgresUrl: string, database: string): Promise<string> => {
  const url = new URL(postgresUrl)
  url.pathname = `/${database}`
  const sql = connect(url.href, { max: 2 })
  try {
    const tables = await sql<Table[]>`
      select schemaname as schema, tablename as name from pg_tables
      where schemaname not in ('pg_catalog', 'information_schema') order by 1, 2`
    const parts: string[] = []
    for (const { schema, name } of tables) {
      const rows = await sql<
        { line: string }[]
      >`select kept::text as line from ${sql(`${schema}.${name}`)} kept`
      parts.push(`-- ${database}.${schema}.${name}\n${rows.map(({ line }) => line).join('\n')}`)
    }
    return parts.join('\n')
  } finally {
    await sql.end({ timeout: 1 })
  }
}

/** Lines that hold one of these words, cut into all that they hold: the salts that a reader of the dump would try. */
export const wordsBeside = (lines: string[], ids: string[]): string[] => {
  const words = lines
    .filter((line) => ids.some((id) => line.includes(id)))
    .flatMap((line) => line.split(/[\t",{}[\]\\ ]+/))
    .filter((word) => word.length >= 4 && word.length <= 64)
  return [...new Set([...ids, ...words])].slice(0, 60)
}
