import { join } from 'node:path'
import { connect } from '@kontora/postgres'
import { createServiceDatabase, type Migration, migrate } from '@kontora/postgres/migrate'
import { databaseUrls } from './parts/service-env.ts'
import { type Secrets, services } from './secrets.ts'

const top = join(import.meta.dir, '../..')

export const databases = ['kafka-http', ...services] as const

type Applied = { service: string; name: string }

const migrationsOf = async (service: string): Promise<Migration[]> => {
  const { migrations } = (await import(join(top, 'services', service, 'src/migrations.node.ts'))) as {
    migrations: Migration[]
  }
  return migrations
}

export const migrateService = async (service: string, ownerUrl: string): Promise<Applied[]> => {
  const sql = connect(ownerUrl, { max: 2, name: `migrate ${service}` })
  try {
    const files = await migrate(sql, await migrationsOf(service))
    return files.map(({ source, name }) => ({ service, name: `${source}/${name}` }))
  } finally {
    await sql.end()
  }
}

const prepareOne = async (postgresUrl: string, service: string, secrets: Secrets): Promise<Applied[]> => {
  await createServiceDatabase(postgresUrl, {
    name: service.replaceAll('-', '_'),
    password: secrets.words[`database ${service}`] ?? '',
    ownerPassword: secrets.words[`database ${service} owner`] ?? '',
  })
  return migrateService(service, databaseUrls(postgresUrl, service, secrets).owner)
}

/** Each service's database with its two roles, migrated; the same on the first start and on the hundredth. */
export const prepareDatabases = async (postgresUrl: string, secrets: Secrets): Promise<Applied[]> =>
  (await Promise.all(databases.map((service) => prepareOne(postgresUrl, service, secrets)))).flat()
