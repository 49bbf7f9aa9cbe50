import type { Sql } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import type { User, State as UserState } from './user.ts'

/** One who has told no name is called by his address. */
const columns = (sql: Sql) => sql`
  user_id, email, coalesce(display_name, email, '') as display_name, locale, kind, inn, kpp, state`

export const readUser = async (sql: Sql, userId: string): Promise<User> => {
  const [user] = await sql<User[]>`
    select ${columns(sql)} from users left join addresses using (user_id)
    where user_id = ${userId} and state <> 'deleted'`
  if (!user) throw new Problem('not-found', 'No such user')
  return user
}

type Wanted = { email?: string | undefined; cursor?: string | undefined; limit: number }

export const listUsers = (sql: Sql, { email, cursor, limit }: Wanted): Promise<User[]> => sql<User[]>`
  select ${columns(sql)} from users left join addresses using (user_id)
  where state <> 'deleted'
    and ${email ? sql`email = ${email}` : sql`true`}
    and ${cursor ? sql`user_id > ${cursor}` : sql`true`}
  order by user_id limit ${limit}`

/** Those with one of these ИНН who are not deleted; several may have the same one. */
export const readUsersByInn = (sql: Sql, inns: string[]): Promise<User[]> => sql<User[]>`
  select ${columns(sql)} from users left join addresses using (user_id)
  where inn in ${sql(inns)} and state <> 'deleted' order by user_id`

/** Those that are there and in one of these states. */
export const readUsers = (sql: Sql, userIds: string[], states: UserState[]): Promise<User[]> => sql<User[]>`
  select ${columns(sql)} from users left join addresses using (user_id)
  where user_id in ${sql(userIds)} and state in ${sql(states)} order by user_id`
