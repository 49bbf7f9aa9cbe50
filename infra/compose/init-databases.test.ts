import { afterAll, beforeAll, expect, test } from 'bun:test'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type Pool } from '../../packages/postgres/index.ts'
import { createServiceDatabase } from '../../packages/postgres/migrate/index.node.ts'
import { type RunningPostgres, startPostgres } from '../embedded-postgres/index.ts'
import { readCompose } from './read-compose.ts'
import { serviceNames } from './service-settings.ts'

// A cluster of its own: roles belong to a cluster, and the script makes each for the first time.
const folder = mkdtempSync(join(tmpdir(), 'kontora-init-'))
const roles = serviceNames.map((name) => name.replaceAll('-', '_'))
let postgres: RunningPostgres

const passwords = async (): Promise<Record<string, string>> => {
  const { services } = await readCompose()
  const names = Object.keys(services.postgres?.environment ?? {}).filter((name) =>
    name.includes('_DATABASE_'),
  )
  return Object.fromEntries(names.map((name) => [name, `word-of_${name}`]))
}

const runScript = async (env: Record<string, string>) => {
  const { hostname, port, username, password } = new URL(postgres.url)
  const server = { PGHOST: hostname, PGPORT: port, PGPASSWORD: password, POSTGRES_USER: username }
  const child = Bun.spawn(['sh', join(import.meta.dir, 'init-databases.sh')], {
    env: { PATH: `${folder}:${process.env.PATH}`, ...server, ...env },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  return { error: await new Response(child.stderr).text(), code: await child.exited }
}

const open = (role: string, password: string, database: string): Pool => {
  const url = new URL(postgres.url)
  url.username = role
  url.password = password
  url.pathname = `/${database}`
  return connect(url.href, { max: 1 })
}

beforeAll(async () => {
  postgres = await startPostgres({ dir: join(folder, 'postgres'), durable: false })
  const psql = join(folder, 'psql')
  writeFileSync(
    psql,
    `#!/bin/sh\nexec '${process.execPath}' '${join(import.meta.dir, 'psql-stand-in.ts')}' "$@"\n`,
  )
  chmodSync(psql, 0o755)
  expect(await runScript(await passwords())).toEqual({ code: 0, error: '' })
}, 60_000)
afterAll(async () => {
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** What is granted in a database and on it, with the service's name taken out. */
const rightsIn = async (database: string): Promise<string> => {
  const sql = connect(Object.assign(new URL(postgres.url), { pathname: `/${database}` }).href, { max: 1 })
  try {
    const rights = await sql`
      select 'database' as of_what, pg_get_userbyid(datdba) as owner, datacl::text as granted
      from pg_database where datname = ${database}
      union all
      select 'schema', pg_get_userbyid(nspowner), nspacl::text from pg_namespace where nspname = 'public'
      union all
      select 'default ' || defaclobjtype::text, pg_get_userbyid(defaclrole), defaclacl::text from pg_default_acl
      union all
      select 'role', regexp_replace(rolname, '^.*_owner$', '<owner>'), concat(rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolinherit)
      from pg_roles where rolname in (${database}, ${`${database}_owner`})
      order by 1, 2, 3`
    return JSON.stringify(rights, null, 1).replaceAll(database, '<service>')
  } finally {
    await sql.end()
  }
}

test('each database and its roles are what the starter makes', async () => {
  const made = { name: 'example', password: 'one', ownerPassword: 'two' }
  await createServiceDatabase(postgres.url, made)
  const wanted = await rightsIn('example')
  expect(wanted).toContain('<service>=arwd')
  for (const role of roles) expect({ role, rights: await rightsIn(role) }).toEqual({ role, rights: wanted })
})

test('the owner makes tables, the running role fills them and makes none', async () => {
  const env = await passwords()
  const owner = open('kafka_http_owner', env.KAFKA_HTTP_DATABASE_OWNER_PASSWORD!, 'kafka_http')
  const running = open('kafka_http', env.KAFKA_HTTP_DATABASE_PASSWORD!, 'kafka_http')
  try {
    await owner`create table messages (id integer primary key)`
    await running`insert into messages values (1)`
    expect(await running`select id from messages`).toHaveLength(1)
    await expect(running`create table others (id integer)`.execute()).rejects.toMatchObject({ code: '42501' })
    await expect(running`truncate messages`.execute()).rejects.toMatchObject({ code: '42501' })
  } finally {
    await Promise.all([owner.end(), running.end()])
  }
})

test("no service enters another's database", async () => {
  const env = await passwords()
  const stranger = open('payment', env.PAYMENT_DATABASE_PASSWORD!, 'client')
  await expect(stranger`select 1`.execute()).rejects.toMatchObject({ code: '42501' })
  await stranger.end()
})

test.each(['', "o'clock", 'a b', '$(id)', 'пароль'])(
  'the password %p is refused before anything is made',
  async (word) => {
    const { code, error } = await runScript({ ...(await passwords()), PAYMENT_DATABASE_OWNER_PASSWORD: word })
    expect(code).toBe(1)
    expect(error).toBe('PAYMENT_DATABASE_OWNER_PASSWORD should be letters, digits, _ and -\n')
  },
)
