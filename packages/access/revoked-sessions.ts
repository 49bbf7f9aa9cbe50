import type { Pool } from '@kontora/postgres'
import { bytesEach, createUuidTable, type UuidTable } from './uuid-table.ts'

/** No access token of a revoked session lives longer than this. */
export const revokedMs = 6 * 60_000

const pageSize = 10_000
const beforeAll = '00000000-0000-0000-0000-000000000000'

type Head = { xmin: string; count: number }
type Packed = { packed: Uint8Array | null }

const lastIdOf = (packed: Uint8Array): string =>
  [...packed.subarray(packed.length - bytesEach, packed.length - 4)]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')

/**
 * The sessions whose tokens are refused, each with the second until which it is remembered. They come packed, some thousands
 * in one value, for rows of a million of them would cost more memory than they themselves do.
 */
export const createRevokedSessions = ({ sql, now }: { sql: Pool; now: () => Date }) => {
  let table: UuidTable | undefined

  const bound = (): Date => new Date(now().getTime() - revokedMs)
  const packed = sql`
    string_agg(uuid_send(session_id)
      || substring(int8send(ceil(extract(epoch from revoked_at))::bigint + ${revokedMs / 1000}) from 5), ''::bytea
      order by session_id) as packed`

  /** Page after page: what is committed meanwhile has a number of `xmin` or above, and is read by the next look. */
  const readAll = async (): Promise<string> => {
    const since = bound()
    const [head] = await sql<Head[]>`
      select pg_snapshot_xmin(pg_current_snapshot())::text as xmin,
        (select count(*) from access_revoked_sessions where revoked_at >= ${since})::integer as count`
    const all = table ?? createUuidTable(head?.count)
    for (let last = beforeAll; ; ) {
      const [page] = await sql<Packed[]>`
        select ${packed} from (
          select session_id, revoked_at from access_revoked_sessions
          where session_id > ${last}::uuid and revoked_at >= ${since} order by session_id limit ${pageSize}
        ) page`
      if (!page?.packed) break
      all.addPacked(page.packed)
      last = lastIdOf(page.packed)
    }
    table = all
    return head?.xmin ?? '0'
  }

  const readChanged = async (seen: string): Promise<string> => {
    const [row] = await sql<(Head & Packed)[]>`
      select pg_snapshot_xmin(pg_current_snapshot())::text as xmin, (
        select ${packed} from access_revoked_sessions
        where changed >= ${seen}::xid8 and revoked_at >= ${bound()}
      ) as packed`
    if (row?.packed) table?.addPacked(row.packed)
    return row?.xmin ?? seen
  }

  return {
    /** From a number on, or all of them; answers with the number to go on from. */
    read: (seen: string | undefined): Promise<string> =>
      seen === undefined || !table ? readAll() : readChanged(seen),
    has: (sessionId: string): boolean => (table?.get(sessionId) ?? 0) * 1000 >= now().getTime(),
    /** A part of them at each call. */
    forgetOld: (): void => {
      const seconds = now().getTime() / 1000
      table?.sweep((until) => until >= seconds)
    },
    count: (): number => table?.count() ?? 0,
  }
}
