import type { Sql } from '@kontora/postgres'
import type { Member } from '../log/message-log.ts'

/** Which gateway an instance lives at. */
export type Directory = {
  find: (member: Member) => Promise<string | undefined>
  claim: (member: Member) => Promise<void>
  /** Only what is still this gateway's. */
  release: (member: Member) => Promise<void>
}

export const createDirectory = (sql: Sql, gateway: string): Directory => ({
  find: async ({ group, instance }) => {
    const [row] = await sql<{ gateway: string }[]>`
      select gateway from instance_homes where group_name = ${group} and instance = ${instance}`
    return row?.gateway
  },
  claim: async ({ group, instance }) => {
    await sql`
      insert into instance_homes (group_name, instance, gateway) values (${group}, ${instance}, ${gateway})
      on conflict (group_name, instance) do update set gateway = excluded.gateway`
  },
  release: async ({ group, instance }) => {
    await sql`
      delete from instance_homes
      where group_name = ${group} and instance = ${instance} and gateway = ${gateway}`
  },
})

/** Of a gateway that has no others. */
export const noDirectory: Directory = {
  find: async () => undefined,
  claim: async () => {},
  release: async () => {},
}
