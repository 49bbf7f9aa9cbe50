import { connect } from '@kontora/postgres'
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
import { Id } from '@kontora/validation'
import { DeliveryState } from './deliveries/delivery.ts'
import { readDeliveries } from './deliveries/read-deliveries.ts'
import { retryDelivery } from './deliveries/retry-delivery.ts'
import { retrySystem } from './deliveries/retry-system.ts'
import { System } from './deliveries/system.ts'
import { migrations } from './migrations.node.ts'
import type { WriteResources } from './resources.ts'

const usage = `documents migrate                                   applies what is missing (DATABASE_OWNER_URL)
documents deliveries list [waiting|delivered|failed]  the oldest 200; failed if not said (DATABASE_URL)
documents deliveries retry <id>                       sends one again
documents deliveries retry <one-c|roback|campaigns>   sends again all that failed there`

type Command = (resources: WriteResources, word: string) => Promise<string>

const operator = { id: 'operator' }

const list: Command = async ({ sql }, word) => {
  const state = parseInput(DeliveryState, word || 'failed', 'state')
  const rows = await readDeliveries(sql, { state, limit: 200 })
  const lines = rows.map(({ deliveryId, documentId, system, attempts, reason }) =>
    [deliveryId, system, documentId, `${attempts} attempts`, reason ?? ''].join('  '),
  )
  return lines.join('\n') || `none ${state}`
}

const retry: Command = async (resources, word) => {
  const system = System.options.find((name) => name === word)
  if (system) return `${await retrySystem(resources, operator, { system })} taken up`
  const deliveryId = parseInput(Id, word, 'id')
  return `${deliveryId} is ${(await retryDelivery(resources, operator, { deliveryId })).state}`
}

const commandOf = (words: string[]): { command: Command; word: string } | undefined => {
  const [first, second, word = ''] = words
  if (first !== 'deliveries' || words.length > 3) return undefined
  if (second === 'list') return { command: list, word }
  return second === 'retry' && word ? { command: retry, word } : undefined
}

const open = (name: string) => {
  const values = readSettings({ [name]: setting(PostgresUrl, 'A database') }, process.env)
  return connect(String(values[name]), { max: 3, name: 'documents-cli' })
}

const applyMigrations = async (): Promise<void> => {
  const sql = open('DATABASE_OWNER_URL')
  try {
    const applied = await migrate(sql, migrations)
    for (const { source, name } of applied) console.log(`applied ${source}/${name}`)
    if (applied.length === 0) console.log('nothing to apply')
  } finally {
    await sql.end()
  }
}

const runCommand = async (command: Command, word: string): Promise<void> => {
  const sql = open('DATABASE_URL')
  try {
    console.log(await command({ ...realChance(), sql }, word))
  } finally {
    await sql.end()
  }
}

const run = async (words: string[]): Promise<number> => {
  const wanted = commandOf(words)
  if (words.join(' ') === '--help') console.log(usage)
  else if (words.join(' ') === 'migrate') await applyMigrations()
  else if (wanted) await runCommand(wanted.command, wanted.word)
  else {
    console.error(usage)
    return 2
  }
  return 0
}

/** A message of a foreign error may hold a value, so only our own are shown. */
const told = (error: unknown): string => {
  if (error instanceof Problem || error instanceof SettingsError) return error.message
  if (!(error instanceof Error)) return 'Failed'
  return `Failed: ${error.name} ${'code' in error ? String(error.code) : ''}`
}

process.exitCode = await run(process.argv.slice(2)).catch((error: unknown) => {
  console.error(told(error))
  return 1
})
