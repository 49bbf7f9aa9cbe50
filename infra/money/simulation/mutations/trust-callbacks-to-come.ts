import { afterJob } from './mutation.ts'

/** "The bank will call": what was asked about once is not asked again by itself. */
export const trustCallbacksToCome = afterJob('ask-bank', async ({ sql, now }) => {
  await sql`update attempts set ask_at = null where state = 'open' and ask_at > ${now()}`
})
