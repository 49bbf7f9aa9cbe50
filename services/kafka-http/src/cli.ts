import { connect, type Pool } from '@kontora/postgres'
import { migrate } from '@kontora/postgres/migrate'
import { Problem, parseInput, realChance } from '@kontora/service'
import { migrations } from './migrations.node.ts'
import { applyWishes, Wishes } from './operate/apply-wishes.ts'
import { readGroupStates, readTopicStates } from './operate/read-state.ts'

const help = `kafka-http's operators. Usage: bun cli.ts <command>

  migrate   brings the tables up to date (DATABASE_OWNER_URL)
  apply     reads {"topics": {name: partitions}, "credentials": [{"name", "password", "produce": [topic],
            "consume": [topic], "all": [topic]}]} from stdin and makes it so (DATABASE_URL)
  topics    topics, partitions and how many messages each holds (DATABASE_URL)
  groups    where each group stands and how far behind it is (DATABASE_URL)`

const withDatabase = async <Result>(
  setting: string,
  work: (sql: Pool) => Promise<Result>,
): Promise<Result> => {
  const url = process.env[setting]
  if (!url) throw new Error(`${setting} is required`)
  const sql = connect(url, { max: 2, name: 'kafka-http cli' })
  try {
    return await work(sql)
  } finally {
    await sql.end({ timeout: 1 })
  }
}

const applyInput = async (sql: Pool): Promise<void> => {
  const text = await new Response(Bun.stdin.stream()).text()
  let input: unknown
  try {
    input = JSON.parse(text)
  } catch {
    throw new Error('stdin is no JSON')
  }
  await applyWishes(sql, realChance().now, parseInput(Wishes, input))
}

const migrateAll = async (sql: Pool): Promise<void> => {
  // `reserve()` never answers on a connection that is yet to be opened, without `fetch_types`.
  await sql`select 1`
  console.table((await migrate(sql, migrations)).map(({ source, name }) => ({ source, name })))
}

const commands: Record<string, () => Promise<void>> = {
  migrate: () => withDatabase('DATABASE_OWNER_URL', migrateAll),
  apply: () => withDatabase('DATABASE_URL', applyInput),
  topics: () => withDatabase('DATABASE_URL', async (sql) => console.table([...(await readTopicStates(sql))])),
  groups: () => withDatabase('DATABASE_URL', async (sql) => console.table([...(await readGroupStates(sql))])),
}

const faultOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'Something went wrong'
  const fields = error instanceof Problem ? Object.entries(error.details.fields ?? {}) : []
  return [error.message, ...fields.map(([name, wanted]) => `  ${name}: ${wanted}`)].join('\n')
}

const run = async (name: string | undefined): Promise<number> => {
  const command = commands[name ?? '']
  if (!command) {
    const asked = name === '--help' || name === 'help'
    ;(asked ? console.log : console.error)(help)
    return asked ? 0 : 2
  }
  try {
    await command()
    return 0
  } catch (error) {
    console.error(faultOf(error))
    return 1
  }
}

process.exit(await run(process.argv[2]))
