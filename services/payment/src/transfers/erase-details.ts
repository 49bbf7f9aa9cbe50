import type { Resources } from '../resources.ts'

/** The job `erase-transfer-details`: who paid and what for is kept only as long as somebody may ask. */
export const eraseDetails = async ({ sql, now }: Resources): Promise<number> => {
  const erased = await sql`
    delete from transfer_details where transfer_id in (
      select transfer_id from transfer_details where erase_at <= ${now()} limit 1000)
    returning transfer_id`
  return erased.length
}
