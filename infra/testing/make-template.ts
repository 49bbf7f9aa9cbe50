import { createHash } from 'node:crypto'
import { connect, type Pool } from '@kontora/postgres'
import {
  createServiceDatabase,
  type Migration,
  migrate,
  readMigrations,
  roleOf,
} from '@kontora/postgres/migrate'

/** Roles belong to the whole cluster, so every test of a service must arrive at the same password. */
export const passwordOf = (superuserUrl: string, role: string): string =>
  createHash('sha256')
    .update(`${new URL(superuserUrl).password}/${role}`)
    .digest('hex')

/** The name of a database with these migrations applied; made once in a cluster, by whoever comes first. */
export const makeTemplate = async (
  admin: Pool,
  superuserUrl: string,
  name: string,
  migrations: Migration[],
): Promise<string> => {
  const role = roleOf(name)
  const template = `${role}_template_${await hashOf(migrations)}`
  if (await exists(admin, template)) return template
  // On a connection of its own: `create database` cannot run inside a transaction.
  await admin.begin(async (lock) => {
    await lock`select pg_advisory_xact_lock(hashtextextended(${`roles of ${role}`}, 0))`
    if (!(await exists(admin, template))) await build(admin, superuserUrl, name, template, migrations)
  })
  return template
}

/** Under another name until it is whole: a test that was killed here leaves nothing that looks like a template. */
const build = async (
  admin: Pool,
  superuserUrl: string,
  name: string,
  template: string,
  migrations: Migration[],
): Promise<void> => {
  const owner = `${roleOf(name)}_owner`
  const making = `${roleOf(name)}_making`
  await admin.unsafe(`drop database if exists "${making}" with (force)`)
  await createServiceDatabase(superuserUrl, {
    name,
    database: making,
    ownerPassword: passwordOf(superuserUrl, owner),
    password: passwordOf(superuserUrl, roleOf(name)),
  })
  const url = new URL(superuserUrl)
  url.username = owner
  url.password = passwordOf(superuserUrl, owner)
  url.pathname = `/${making}`
  const ownerSql = connect(url.href, { max: 2 })
  try {
    // `reserve()` of postgres.js never answers on a connection that is yet to be opened, without `fetch_types`.
    await ownerSql`select 1`
    await migrate(ownerSql, migrations)
  } finally {
    await ownerSql.end({ timeout: 1 })
  }
  await admin.unsafe(`alter database "${making}" with allow_connections false`)
  await admin`select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = ${making}`
  await admin.unsafe(`alter database "${making}" rename to "${template}"`)
}

const exists = async (admin: Pool, database: string): Promise<boolean> => {
  const found = await admin`select datname from pg_database where datname = ${database}`
  return found.length > 0
}

const hashOf = async (migrations: Migration[]): Promise<string> => {
  const hash = createHash('sha256')
  for (const { source, name, hash: text } of await readMigrations(migrations))
    hash.update(`${source}/${name}/${text}\n`)
  return hash.digest('hex').slice(0, 12)
}
