import type { Resources } from '../resources.ts'
import { deleteOldMessages } from './delete-old-messages.ts'

const everyMs = 60_000
const dayMs = 86_400_000

type Parts = Pick<Resources, 'sql' | 'now' | 'log' | 'metrics'>

/** A loop beside HTTP. */
export const createRetention = ({ sql, now, log, metrics }: Parts, days: number) => {
  let running = true
  let timer: ReturnType<typeof setTimeout> | undefined
  let working: Promise<void> = Promise.resolve()

  const run = async (): Promise<void> => {
    try {
      const before = new Date(now().getTime() - days * dayMs)
      const deleted = await deleteOldMessages(sql, before, () => running)
      metrics.retentionDeleted(deleted)
      if (deleted > 0) log.info('old-messages-deleted', { deleted })
    } catch (error) {
      log.warn('retention-failed', {}, error)
    }
    if (running) timer = setTimeout(start, everyMs)
  }
  const start = (): void => {
    working = run()
  }
  const stop = async (): Promise<void> => {
    running = false
    clearTimeout(timer)
    await working
  }
  return { name: 'retention', start, stop }
}
