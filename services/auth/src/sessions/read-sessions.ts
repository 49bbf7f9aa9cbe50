import type { Sql } from '@kontora/postgres'
import type { Resources } from '../resources.ts'
import { openSeen, type Seen } from './seen.ts'

type Row = { id: string; method: string; signedInAt: Date; rotatedAt: Date; expiresAt: Date }
/** `lastUsedAt` to within the 5 minutes that an access token lives: it is the last refresh. */
export type ListedSession = Omit<Row, 'rotatedAt'> & { lastUsedAt: Date } & Seen

type Reading = Pick<Resources, 'now' | 'seal'> & { sql: Sql }
type Page = { limit: number; cursor?: string | undefined }

/** A person's live ones, the newest first. */
export const readSessions = async (
  { sql, now, seal }: Reading,
  userId: string,
  { limit, cursor }: Page,
): Promise<ListedSession[]> => {
  const rows = await sql<(Row & { seenSealed: string | null })[]>`
    select id, method, signed_in_at, rotated_at, expires_at, seen_sealed from sessions
    where user_id = ${userId} and ended_at is null and expires_at > ${now()}
      and (${cursor ?? null}::uuid is null or id < ${cursor ?? null})
    order by id desc limit ${limit}`
  return Promise.all(
    rows.map(async ({ seenSealed, rotatedAt, ...row }) => ({
      ...row,
      lastUsedAt: rotatedAt,
      ...(await openSeen({ seal }, seenSealed)),
    })),
  )
}
