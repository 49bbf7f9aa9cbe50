import { connect, type Pool } from '@kontora/postgres'
import { migrate } from '@kontora/postgres/migrate'
import { PostgresUrl, readSettings, realChance, SettingsError, setting } from '@kontora/service'
import { Id } from '@kontora/validation'
import * as v from 'valibot'
import type { LetterKey } from './keys/letter-key.ts'
import { rotateLetterKey } from './keys/make-letter-key.ts'
import { messageStates } from './messages/message.ts'
import { retryParkedLetters } from './messages/retry-parked-letters.ts'
import { migrations } from './migrations.node.ts'
import { createSeal } from './sealing/seal.ts'
import { settings } from './settings.ts'

const usage = `notification <command>
  migrate                 apply what is missing (DATABASE_OWNER_URL)
  keys list               the keys that codes are encrypted with
  keys rotate             a new key; the old one opens what is on its way for 31 days
  messages list [state]   the last 50 messages
  messages retry [id]     send parked letters again, one or all`

type Opened = ReturnType<typeof open>

const open = () => {
  const { DATABASE_URL, LETTER_KEY_ENCRYPTION_KEY } = settings
  const read = readSettings({ DATABASE_URL, LETTER_KEY_ENCRYPTION_KEY }, process.env)
  const chance = realChance()
  const sql: Pool = connect(read.DATABASE_URL, { max: 2, name: 'notification cli' })
  return { ...chance, sql, seal: createSeal(read.LETTER_KEY_ENCRYPTION_KEY, chance.random) }
}

const runMigrations = async (): Promise<void> => {
  const table = { DATABASE_OWNER_URL: setting(PostgresUrl, 'The database as its owner') }
  const sql = connect(readSettings(table, process.env).DATABASE_OWNER_URL, { max: 2 })
  try {
    await sql`select 1`
    for (const { source, name } of await migrate(sql, migrations)) console.log(`${source}/${name}`)
  } finally {
    await sql.end()
  }
}

const listKeys = async ({ sql }: Opened): Promise<void> => {
  const keys = await sql<Omit<LetterKey, 'publicKey'>[]>`
    select kid, made_at, retired_at from letter_keys order by made_at`
  for (const { kid, madeAt, retiredAt } of keys)
    console.log(
      `${kid}  made ${madeAt.toISOString()}  ${retiredAt ? `retired ${retiredAt.toISOString()}` : 'current'}`,
    )
}

type Listed = { id: string; kind: string; state: string; reason: string | null; createdAt: Date }

const listMessages = async ({ sql }: Opened, state: string | undefined): Promise<void> => {
  const messages = await sql<Listed[]>`
    select id, kind, state, reason, created_at from messages
    where ${state ?? null}::text is null or state = ${state ?? null} order by id desc limit 50`
  for (const { id, kind, state, reason, createdAt } of messages)
    console.log(
      [id, createdAt.toISOString(), kind.padEnd(18), state.padEnd(10), reason ?? ''].join('  ').trimEnd(),
    )
}

type Command = {
  takes: (argument: string) => boolean
  run: (opened: Opened, argument: string | undefined) => Promise<void>
}

const nothing = () => false
const commands: Record<string, Command> = {
  'keys list': { takes: nothing, run: listKeys },
  'keys rotate': {
    takes: nothing,
    run: async (opened) => console.log(`current ${await rotateLetterKey(opened)}`),
  },
  'messages list': {
    takes: (state) => (messageStates as readonly string[]).includes(state),
    run: listMessages,
  },
  'messages retry': {
    takes: (id) => v.is(Id, id),
    run: async (opened, id) => console.log(`${await retryParkedLetters(opened, id)} letters retried`),
  },
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
  const command = commands[`${first} ${second}`]
  if (!command || rest.length > 0 || (argument !== undefined && !command.takes(argument))) {
    console.error(usage)
    return 2
  }
  const opened = open()
  await command.run(opened, argument).finally(() => opened.sql.end())
  return 0
}

const told = (error: unknown): string => {
  if (error instanceof SettingsError) return error.message
  return error instanceof Error ? `Failed: ${error.name} ${'code' in error ? error.code : ''}` : 'Failed'
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(told(error))
  return 1
})
