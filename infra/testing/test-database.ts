import { connect, type Pool } from '@kontora/postgres'
import { type Migration, roleOf } from '@kontora/postgres/migrate'
import { connectCluster } from './find-cluster.ts'
import { makeTemplate, passwordOf } from './make-template.ts'

export type TestDatabase = {
  /** The service's own role: it reads and writes rows. */
  sql: Pool
  /** The role that migrates. */
  ownerSql: Pool
  url: string
  ownerUrl: string
  /** Ends both pools and drops the database, whoever is still connected. */
  close: () => Promise<void>
}

/** A database of its own for one test file: a clone of the migrated template. `name` is the service's. */
export const testDatabase = async ({
  name,
  migrations,
}: {
  name: string
  migrations: Migration[]
}): Promise<TestDatabase> => {
  const { admin, superuserUrl } = await connectCluster()
  const role = roleOf(name)
  const owner = `${role}_owner`
  const template = await makeTemplate(admin, superuserUrl, name, migrations)
  const database = `${role}_${crypto.randomUUID().replaceAll('-', '').slice(0, 12)}`
  // What is granted on a database itself is not cloned with it.
  await admin.unsafe(`create database "${database}" template "${template}" owner "${owner}"`)
  await admin.unsafe(`revoke all on database "${database}" from public;
    grant connect on database "${database}" to "${role}"`)

  const url = urlFor(superuserUrl, role, database)
  const ownerUrl = urlFor(superuserUrl, owner, database)
  const sql = connect(url)
  const ownerSql = connect(ownerUrl, { max: 2 })
  const close = async () => {
    await Promise.all([sql.end({ timeout: 1 }), ownerSql.end({ timeout: 1 })])
    await admin.unsafe(`drop database if exists "${database}" with (force)`)
    await admin.end({ timeout: 1 })
  }
  return { sql, ownerSql, url, ownerUrl, close }
}

const urlFor = (superuserUrl: string, role: string, database: string): string => {
  const url = new URL(superuserUrl)
  url.username = role
  url.password = passwordOf(superuserUrl, role)
  url.pathname = `/${database}`
  return url.href
}
