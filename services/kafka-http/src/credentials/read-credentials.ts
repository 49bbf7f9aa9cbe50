import type { Sql } from '@kontora/postgres'
import type { Credential } from './credential.ts'

export const readCredentials = async (sql: Sql): Promise<Map<string, Credential>> => {
  const rows = await sql<Credential[]>`
    select name, password_hash, requests_per_second, bytes_per_second, coalesce((
      select json_agg(json_build_object('permission', permission, 'topics', topics))
      from credential_rights where credential = credentials.name
    ), '[]') as rights
    from credentials`
  return new Map(rows.map((each) => [each.name, each]))
}
