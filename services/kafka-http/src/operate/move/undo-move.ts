import type { Pool } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { moveAlone } from './move-alone.ts'

/** Before the last step a move can be given up: Postgres' log takes messages again. False when it was not closed. */
export const undoMove = (sql: Pool): Promise<boolean> =>
  moveAlone(sql, async () => {
    const [moved] = await sql`select moved_at from log_moves`
    if (moved)
      throw new Problem('conflict', 'The log has moved: what Kafka has taken since would be lost to Postgres')
    const opened = await sql`update partitions set closed = false where closed returning topic`
    return opened.length > 0
  })
