import postgres from 'postgres'

export type ServiceDatabase = { name: string; password: string; ownerPassword: string; database?: string }

const identifier = /^[a-z][a-z0-9_]{0,40}$/

const quoted = (name: string): string => {
  if (!identifier.test(name)) throw new Error('A database name is lower-case letters, digits and _')
  return `"${name}"`
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

const makeRole = async (sql: postgres.Sql, name: string, password: string): Promise<void> => {
  const [known] = await sql`select 1 from pg_roles where rolname = ${name}`
  await sql.unsafe(`${known ? 'alter' : 'create'} role ${quoted(name)} login password ${literal(password)}`)
}

/** `kafka-http` has the roles `kafka_http` and `kafka_http_owner`. */
export const roleOf = (service: string): string => service.replaceAll('-', '_')

/**
 * One service's database with its two roles: the owner migrates, the other runs and gets its rights on what the owner
 * makes by default privileges. Repeating it changes nothing but the passwords.
 */
export const createServiceDatabase = async (
  superuserUrl: string,
  service: ServiceDatabase,
): Promise<void> => {
  const role = roleOf(service.name)
  const owner = `${role}_owner`
  const database = service.database ?? role
  const sql = postgres(superuserUrl, { max: 1, onnotice: () => {} })
  try {
    await makeRole(sql, owner, service.ownerPassword)
    await makeRole(sql, role, service.password)
    const [known] = await sql`select 1 from pg_database where datname = ${database}`
    if (!known) await sql.unsafe(`create database ${quoted(database)} owner ${quoted(owner)}`)
  } finally {
    await sql.end()
  }
  await setPrivileges(superuserUrl, database, owner, role)
}

const setPrivileges = async (
  superuserUrl: string,
  database: string,
  owner: string,
  role: string,
): Promise<void> => {
  const url = new URL(superuserUrl)
  url.pathname = `/${database}`
  const sql = postgres(url.href, { max: 1, onnotice: () => {} })
  try {
    await sql.unsafe(`
      revoke all on database ${quoted(database)} from public;
      grant connect on database ${quoted(database)} to ${quoted(role)};
      alter schema public owner to ${quoted(owner)};
      revoke create on schema public from public;
      grant usage on schema public to ${quoted(role)};
      alter default privileges for role ${quoted(owner)} in schema public
        grant select, insert, update, delete on tables to ${quoted(role)};
      alter default privileges for role ${quoted(owner)} in schema public
        grant usage, select on sequences to ${quoted(role)};`)
  } finally {
    await sql.end()
  }
}
