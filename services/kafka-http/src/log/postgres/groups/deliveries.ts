import type { Sql } from '@kontora/postgres'
import type { Member } from '../../message-log.ts'
import { noteArrival } from './turn.ts'

export type Deliveries = {
  /** An answer leaves for its caller. When he hangs up instead, it did not arrive. */
  sent: (member: Member, callId: string, signal: AbortSignal) => void
  hasArrived: (callId: string) => boolean
}

/** Most callers come again, to the same process, sooner than this: then nothing needs to be written. */
const quietMs = 40

/** What this process knows of the answers it sent. It is written down for other gateways a moment later. */
export const createDeliveries = (sql: Sql): Deliveries => {
  const recent = new Set<string>()
  return {
    sent: (member, callId, signal) => {
      if (signal.aborted) return
      recent.add(callId)
      const note = async (arrived: boolean): Promise<void> => {
        // Postgres away: unnoted counts as lost, so it is read again.
        await noteArrival(sql, member, callId, arrived).catch(() => {})
        recent.delete(callId)
      }
      const timer = setTimeout(() => void note(true), quietMs)
      signal.addEventListener(
        'abort',
        () => {
          clearTimeout(timer)
          recent.delete(callId)
          void note(false)
        },
        { once: true },
      )
    },
    hasArrived: (callId) => recent.has(callId),
  }
}
