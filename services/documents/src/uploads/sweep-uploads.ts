import type { Resources } from '../resources.ts'
import { keyOf } from './upload.ts'

const retryMs = 600_000
const most = 20

/** Marks uploads that were never completed, then removes what had arrived; a crash between is made good by the next sweep. */
export const sweepUploads = async ({ sql, files, now, log }: Resources): Promise<number> => {
  const time = now()
  const due = await sql<{ id: string }[]>`
    update uploads set state = 'expired', sweep_at = ${new Date(time.getTime() + retryMs)}
    where id in (
      select id from uploads where sweep_at <= ${time} order by sweep_at limit ${most} for update skip locked
    )
    returning id`
  const swept = await Promise.allSettled(
    due.map(async ({ id }) => {
      await files.remove(keyOf(id))
      await sql`update uploads set sweep_at = null where id = ${id}`
    }),
  )
  const failed = swept.filter(({ status }) => status === 'rejected').length
  if (failed > 0) log.warn('uploads-not-swept', { failed })
  return swept.length - failed
}
