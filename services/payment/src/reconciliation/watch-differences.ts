import type { Sql } from '@kontora/postgres'
import type { DegradedCheck } from '@kontora/service'

/** The service says that it is degraded while the bank and the ledger differ and nobody has said why. */
export const watchDifferences = (sql: Sql): DegradedCheck => ({
  name: 'bank-equals-ledger',
  isWell: async () => {
    const open = await sql`
      select id from differences where gone_at is null and explained_at is null limit 1`
    return open.length === 0
  },
})
