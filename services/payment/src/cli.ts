import { connect } from '@kontora/postgres'
import { migrate } from '@kontora/postgres/migrate'
import { PostgresUrl, Problem, parseInput, readSettings, SettingsError, setting } from '@kontora/service'
import { Id } from '@kontora/validation'
import { migrations } from './migrations.node.ts'
import { showPayment } from './show-payment.ts'

const usage = `payment migrate                    applies what is missing (DATABASE_OWNER_URL)
payment payment show <attemptId>   everything known of one payment, as JSON (DATABASE_URL)`

const open = (name: string) => {
  const values = readSettings({ [name]: setting(PostgresUrl, 'A database') }, process.env)
  return connect(String(values[name]), { max: 3, name: 'payment-cli' })
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

const show = async (id: string): Promise<void> => {
  const attemptId = parseInput(Id, id, 'attemptId')
  const sql = open('DATABASE_URL')
  try {
    const payment = await showPayment(sql, attemptId)
    if (!payment) throw new Problem('not-found', 'No such attempt')
    console.log(JSON.stringify(payment, null, 2))
  } finally {
    await sql.end()
  }
}

const run = async (words: string[]): Promise<number> => {
  const [noun, verb, id] = words
  if (words.join(' ') === '--help') console.log(usage)
  else if (words.join(' ') === 'migrate') await applyMigrations()
  else if (noun === 'payment' && verb === 'show' && id && words.length === 3) await show(id)
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
