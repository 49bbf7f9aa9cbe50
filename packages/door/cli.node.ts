import { connect, type Pool } from '@kontora/postgres'
import { type Migration, migrate } from '@kontora/postgres/migrate'
import { PostgresUrl, Problem, readSettings, SettingsError, setting } from '@kontora/service'

/** `takes` names the argument as the usage shows it, `<id>` or `[state]` when it may be left out. */
export type Command = {
  about: string
  takes?: string
  run: (argument: string | undefined) => Promise<string>
  /** For a command that takes several words more: it is run with all of them. */
  runWords?: (words: string[]) => Promise<string>
}

type Options = { service: string; migrations: Migration[]; commands: Record<string, Command> }

/** The service's database as its running role, for one command. */
export const withDatabase = async <Result>(
  work: (sql: Pool) => Promise<Result>,
  name: 'DATABASE_URL' | 'DATABASE_OWNER_URL' = 'DATABASE_URL',
): Promise<Result> => {
  const read = readSettings({ [name]: setting(PostgresUrl, "The service's own database") }, process.env)
  const sql = connect(String(read[name]), { max: 3, name: 'cli' })
  try {
    return await work(sql)
  } finally {
    await sql.end()
  }
}

const applyMigrations = (migrations: Migration[]): Promise<string> =>
  withDatabase(async (sql) => {
    const applied = await migrate(sql, migrations)
    return applied.map(({ source, name }) => `applied ${source}/${name}`).join('\n') || 'nothing to apply'
  }, 'DATABASE_OWNER_URL')

const usageOf = (service: string, commands: Record<string, Command>): string => {
  const lines = Object.entries(commands).map(([name, { takes = '', about }]) => [
    `${service} ${name} ${takes}`.trim(),
    about,
  ])
  const width = Math.max(...lines.map(([line = '']) => line.length))
  return lines.map(([line = '', about]) => `${line.padEnd(width)}  ${about}`).join('\n')
}

const find = (commands: Record<string, Command>, words: string[]): (() => Promise<string>) | undefined => {
  for (const length of [1, 2]) {
    const several = commands[words.slice(0, length).join(' ')]?.runWords
    if (several) return () => several(words.slice(length))
  }
  const exact = commands[words.join(' ')]
  if (exact) return exact.takes?.startsWith('<') ? undefined : () => exact.run(undefined)
  const command = commands[words.slice(0, -1).join(' ')]
  return command?.takes ? () => command.run(words.at(-1)) : undefined
}

/** A message of a foreign error may hold a value, so only our own are shown. */
const told = (error: unknown): string => {
  if (error instanceof Problem || error instanceof SettingsError) {
    const fields = error instanceof Problem ? error.details.fields : undefined
    return [
      error.message,
      ...Object.entries(fields ?? {}).map(([name, expected]) => `  ${name}: ${expected}`),
    ].join('\n')
  }
  if (!(error instanceof Error)) return 'Failed'
  return `Failed: ${error.name} ${'code' in error ? String(error.code) : ''}`.trim()
}

const run = async ({ service, migrations, commands }: Options, words: string[]): Promise<number> => {
  const migrating: Command = {
    about: 'applies what is missing (DATABASE_OWNER_URL)',
    run: () => applyMigrations(migrations),
  }
  const all = { migrate: migrating, ...commands }
  if (['--help', '-h', 'help'].includes(words[0] ?? '')) {
    console.log(usageOf(service, all))
    return 0
  }
  const found = find(all, words)
  if (!found) {
    console.error(usageOf(service, all))
    return 2
  }
  const text = await found()
  if (text) console.log(text)
  return 0
}

/** A service's command line: a name on the left, a verb on the right. Exit code 1 when it failed, 2 when it was called wrongly, an argument of the wrong shape included. */
export const runCli = async (options: Options): Promise<void> => {
  process.exitCode = await run(options, process.argv.slice(2)).catch((error: unknown) => {
    console.error(told(error))
    return error instanceof Problem && error.code === 'invalid-input' ? 2 : 1
  })
}
