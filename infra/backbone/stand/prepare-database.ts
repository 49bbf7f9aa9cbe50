import { join } from 'node:path'
import { migrations } from '@kontora/kafka-http/migrations'
import { connect } from '@kontora/postgres'
import { createServiceDatabase, migrate } from '@kontora/postgres/migrate'

const cli = join(import.meta.dir, '../../../services/kafka-http/src/cli.ts')

type Options = { user: string; password: string; topics: Record<string, number>; env: Record<string, string> }

/** kafka-http's database, its topics in whichever log the settings name, and one credential for everything; its address, as the running role. */
export const prepareDatabase = async (
  superuserUrl: string,
  { user, password, topics, env }: Options,
): Promise<string> => {
  await createServiceDatabase(superuserUrl, { name: 'kafka_http', password, ownerPassword: password })
  const urlOf = (role: string) =>
    Object.assign(new URL(superuserUrl), { username: role, password, pathname: '/kafka_http' }).href
  const sql = connect(urlOf('kafka_http_owner'), { max: 2 })
  await migrate(sql, migrations)
  await sql.end()
  const database = urlOf('kafka_http')
  const wishes = { topics, credentials: [{ name: user, password, all: ['*'] }] }
  const child = Bun.spawn([process.execPath, cli, 'apply'], {
    env: { PATH: process.env.PATH, DATABASE_URL: database, ...env },
    stdin: new Blob([JSON.stringify(wishes)]),
    stdout: 'ignore',
    stderr: 'inherit',
  })
  if ((await child.exited) !== 0) throw new Error('kafka-http apply failed')
  return database
}
