import type { Pool } from '@kontora/postgres'
import { bytesEach, createUuidTable, type UuidTable } from './uuid-table.ts'

/** No access token of a revoked session lives longer than this. */
export const revokedMs = 6 * 60_000

export type Packed = { packed: Uint8Array | null }

const pageSize = 10_000
const beforeAll = '00000000-0000-0000-0000-000000000000'

const lastIdOf = (packed: Uint8Array): string =>
  [...packed.subarray(packed.length - bytesEach, packed.length - 4)]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')

/**
 * The sessions whose tokens are refused, each with the second until which it is remembered. They come packed, some thousands
 * in one value, for rows of a million of them would cost more memory than they themselves do.
 */
export const createRevokedSessions = ({ sql, now }: { sql: Pool; now: () => Date }) => {
  let table: UuidTable = createUuidTable()

  const bound = (): Date => new Date(now().getTime() - revokedMs)
  const packed = sql`
    string_agg(uuid_send(session_id)
      || substring(int8send(ceil(extract(epoch from revoked_at))::bigint + ${revokedMs / 1000}) from 5), ''::bytea
      order by session_id) as packed`

  const countAll = async (since: Date): Promise<number> => {
    const [row] = await sql<{ count: number }[]>`
      select count(*)::integer as count from access_revoked_sessions where revoked_at >= ${since}`
    return row?.count ?? 0
  }

  return {
    /** Page after page: what is committed meanwhile is for whoever asked for the number of transactions before. */
    readAll: async (): Promise<void> => {
      const since = bound()
      const all = table.count() > 0 ? table : createUuidTable(await countAll(since))
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
    },
    /** For a statement that looks after other things as well. */
    changedSince: (seen: string) => sql`(
      select ${packed} from access_revoked_sessions where changed >= ${seen}::xid8 and revoked_at >= ${bound()})`,
    add: (bytes: Uint8Array): void => table.addPacked(bytes),
    has: (sessionId: string): boolean => table.get(sessionId) * 1000 >= now().getTime(),
    /** A part of them at each call. */
    forgetOld: (): void => {
      const seconds = now().getTime() / 1000
      table.sweep((until) => until >= seconds)
    },
  }
}
