import type { Context } from 'hono'
import type { Env } from '../credentials/known.ts'
import type { Wait } from '../log/message-log.ts'

const usualMs = 1000
const longestMs = 60_000

/** How long a call waits for messages; it ends when the caller hangs up. */
export const waitOf = (c: Context<Env>, timeout: number | null | undefined): Wait => ({
  timeoutMs: Math.min(timeout ?? usualMs, longestMs),
  signal: c.req.raw.signal,
  ...(c.var.relay && { relay: c.var.relay }),
})
