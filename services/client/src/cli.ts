import { connect, type Sql } from '@kontora/postgres'
import { migrate } from '@kontora/postgres/migrate'
import {
  PostgresUrl,
  Problem,
  parseInput,
  readSettings,
  realChance,
  SettingsError,
  setting,
} from '@kontora/service'
import { Email } from '@kontora/validation'
import { nameFirstAdministrator } from './access/name-first-administrator.ts'
import { operator } from './actor.ts'
import { blockUser } from './blocks/block-user.ts'
import { unblockUser } from './blocks/unblock-user.ts'
import { migrations } from './migrations.node.ts'
import type { WriteResources } from './resources.ts'

const usage = `client migrate                       applies what is missing (DATABASE_OWNER_URL)
client first-administrator <email>   makes the one who names all others, once (DATABASE_URL)
client user block <email>            ends all that this person may
client user unblock <email>          lets him sign in again`

type Command = (resources: WriteResources, email: string) => Promise<string>

const commands: Record<string, Command> = {
  'first-administrator': async (resources, email) => {
    const { userId, known } = await nameFirstAdministrator(resources, operator, { email })
    return known ? `There is one already: ${userId}` : `Administrator: ${userId}`
  },
  'user block': async (resources, email) => {
    const userId = await userOf(resources.sql, email)
    const { state } = await blockUser(resources, operator, { userId, reason: 'Blocked by the operator' })
    return `${userId} is ${state}`
  },
  'user unblock': async (resources, email) => {
    const userId = await userOf(resources.sql, email)
    const { state } = await unblockUser(resources, operator, { userId })
    return `${userId} is ${state}`
  },
}

const userOf = async (sql: Sql, email: string): Promise<string> => {
  const [user] = await sql<{ userId: string }[]>`select user_id from addresses where email = ${email}`
  if (!user) throw new Problem('not-found', 'No such user')
  return user.userId
}

const open = (name: string) => {
  const values = readSettings({ [name]: setting(PostgresUrl, 'A database') }, process.env)
  return connect(String(values[name]), { max: 3, name: 'client-cli' })
}

const applyMigrations = async (): Promise<void> => {
  const sql = open('DATABASE_OWNER_URL')
  try {
    // `reserve()` of postgres.js never answers on a connection that is yet to be opened, without `fetch_types`.
    await sql`select 1`
    const applied = await migrate(sql, migrations)
    for (const { source, name } of applied) console.log(`applied ${source}/${name}`)
    if (applied.length === 0) console.log('nothing to apply')
  } finally {
    await sql.end()
  }
}

const runCommand = async (command: Command, address: string): Promise<void> => {
  const email = parseInput(Email, address, 'address')
  const sql = open('DATABASE_URL')
  try {
    console.log(await command({ ...realChance(), sql }, email))
  } finally {
    await sql.end()
  }
}

const run = async (words: string[]): Promise<number> => {
  const command = commands[words.slice(0, -1).join(' ')]
  if (words.join(' ') === '--help') console.log(usage)
  else if (words.join(' ') === 'migrate') await applyMigrations()
  else if (command) await runCommand(command, words.at(-1) ?? '')
  else {
    console.error(usage)
    return 2
  }
  return 0
}

/** A message of a foreign error may hold a value, so only our own are shown. */
const told = (error: unknown): string =>
  error instanceof Problem || error instanceof SettingsError
    ? error.message
    : error instanceof Error
      ? `Failed: ${error.name} ${'code' in error ? String(error.code) : ''}`
      : 'Failed'

process.exitCode = await run(process.argv.slice(2)).catch((error: unknown) => {
  console.error(told(error))
  return 1
})
