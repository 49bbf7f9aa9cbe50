import { connect } from '@kontora/postgres'
import { migrate } from '@kontora/postgres/migrate'
import { PostgresUrl, Problem, readSettings, SettingsError, setting } from '@kontora/service'
import { Id } from '@kontora/validation'
import * as v from 'valibot'
import { readKeys } from './keys/keyring.ts'
import { rotateKeys } from './keys/rotate-keys.ts'
import { migrations } from './migrations.node.ts'
import { type OpenResources, openResources } from './resources.ts'
import { endSessionsOf } from './sessions/end-session.ts'

const usage = `auth <command>
  migrate                 apply what is missing (DATABASE_OWNER_URL)
  keys list               the signing keys
  keys rotate [--force]   the next key signs from now on; --force also when it was published just now
  sessions end <userId>   end all sessions of a person`

const runMigrations = async (): Promise<void> => {
  const table = { DATABASE_OWNER_URL: setting(PostgresUrl, 'The database as its owner') }
  const sql = connect(readSettings(table, process.env).DATABASE_OWNER_URL, { max: 2 })
  try {
    await sql`select 1`
    const applied = await migrate(sql, migrations)
    for (const { source, name } of applied) console.log(`applied ${source}/${name}`)
    if (applied.length === 0) console.log('nothing to apply')
  } finally {
    await sql.end()
  }
}

const listKeys = async (resources: OpenResources): Promise<void> => {
  for (const { id, state, madeAt, signsFrom, retiredAt } of await readKeys(resources)) {
    const times = { made: madeAt, signs: signsFrom, retired: retiredAt }
    const told = Object.entries(times).flatMap(([name, time]) =>
      time ? [`${name} ${time.toISOString()}`] : [],
    )
    console.log([id, state.padEnd(7), ...told].join('  '))
  }
}

const commands: Record<string, (resources: OpenResources, argument: string | undefined) => Promise<void>> = {
  'keys list': listKeys,
  'keys rotate': async (resources, flag) => {
    const { signs, next, retired } = await rotateKeys(resources, { force: flag === '--force' })
    console.log(`signs ${signs}\nnext ${next}\nretired ${retired}`)
  },
  'sessions end': async (resources, userId) => {
    console.log(`${await endSessionsOf(resources, v.parse(Id, userId))} sessions ended`)
  },
}

const isRight = (name: string, argument: string | undefined): boolean => {
  if (name === 'sessions end') return v.is(Id, argument)
  return argument === undefined || (name === 'keys rotate' && argument === '--force')
}

const main = async ([first = '', second = '', argument, ...rest]: string[]): Promise<number> => {
  if (first === '--help' || first === 'help') {
    console.log(usage)
    return 0
  }
  if (first === 'migrate' && second === '') {
    await runMigrations()
    return 0
  }
  const name = `${first} ${second}`
  const command = commands[name]
  if (!command || rest.length > 0 || !isRight(name, argument)) {
    console.error(usage)
    return 2
  }
  const resources = openResources(process.env, { max: 2 })
  await command(resources, argument).finally(() => resources.sql.end())
  return 0
}

const told = (error: unknown): string => {
  if (error instanceof SettingsError || error instanceof Problem) return error.message
  return error instanceof Error ? `Failed: ${error.name} ${'code' in error ? error.code : ''}` : 'Failed'
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(told(error))
  return 1
})
