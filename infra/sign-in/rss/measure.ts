import { join } from 'node:path'
import { accessMigrations } from '../../../packages/access/migrations.node.ts'
import { eventsMigrations } from '../../../packages/events/migrations.node.ts'
import { testDatabase } from '../../testing/index.ts'

/** What a process has grown by, and how long one question took it. */
export type Measured = { megabytes: number; nanos: number }

const open = () => testDatabase({ name: 'packages-access', migrations: [eventsMigrations, accessMigrations] })

/** A process of its own for each measurement: what was freed is seldom given back. */
export const openRss = async (revoked: number) => {
  const [empty, full] = await Promise.all([open(), open()])
  await full.sql`
    insert into access_revoked_sessions (session_id, revoked_at, changed)
    select gen_random_uuid(), ${new Date(Date.now() + 3_600_000)}, pg_current_xact_id() from generate_series(1, ${revoked}::integer)`
  return {
    measure: async (kind: 'ours' | 'map'): Promise<Measured> => {
      const command = [process.execPath, join(import.meta.dir, 'holder.ts'), kind, empty.url, full.url]
      const child = Bun.spawn(command, { stdout: 'pipe', stderr: 'inherit' })
      const told = await new Response(child.stdout).text()
      if ((await child.exited) !== 0) throw new Error('A measurement failed')
      return JSON.parse(told) as Measured
    },
    close: () => Promise.all([empty.close(), full.close()]),
  }
}
