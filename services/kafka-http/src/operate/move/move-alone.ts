import { type Pool, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'

/** Any number that no other lock of this database has. */
const moving = 7_302_011

/**
 * Two that copied at once would double what they copy. Whoever dies lets go with his connection; a transaction that has
 * written nothing and reads nothing keeps no vacuum.
 */
export const moveAlone = <Result>(sql: Pool, work: () => Promise<Result>): Promise<Result> =>
  transaction(sql, async (tx) => {
    const [row] = await tx<{ held: boolean }[]>`select pg_try_advisory_xact_lock(${moving}) as held`
    if (!row?.held) throw new Problem('conflict', 'A move is under way: end it first')
    return work()
  })
