import type { Context } from 'hono'
import type { Env } from '../../frame/simulator.ts'
import type { Settings } from '../settings.ts'
import type { Sessions } from '../take-session.ts'

type Session = { busy: boolean; usedAt: number }

const cookieOf = (c: Context<Env>): string | undefined =>
  /(?:^|;\s*)ibsession=([^;]+)/.exec(c.req.header('cookie') ?? '')?.[1]

const badSession = (c: Context<Env>): Response => c.html('<html><body>400 Bad Request</body></html>', 400)
const noSession = (c: Context<Env>): Response => c.text('Not Acceptable: нет свободных сеансов', 406)

/**
 * Sessions that the caller starts and finishes (`reuseSessions="use"`): each holds its place in the pool until it is finished
 * or has been left alone for too long; an unknown one, or one that is at work, is refused with 400.
 */
export const createManualSessions = (pool: Sessions) => {
  const open = new Map<string, Session>()

  const dropOld = (now: number, maxAgeMs: number): void => {
    for (const [id, session] of open)
      if (!session.busy && now - session.usedAt > maxAgeMs) {
        open.delete(id)
        pool.release()
      }
  }

  const start = async (settings: Settings, now: number): Promise<string | undefined> => {
    if (!(await pool.take(settings.sessions, settings.sessionWaitMs))) return undefined
    const id = crypto.randomUUID()
    open.set(id, { busy: false, usedAt: now })
    return id
  }

  /** Without a word about sessions there is one for this call alone. */
  const once = async (c: Context<Env>, settings: Settings, next: () => Promise<void>) => {
    if (!(await pool.take(settings.sessions, settings.sessionWaitMs))) return noSession(c)
    try {
      await next()
    } finally {
      pool.release()
    }
    return undefined
  }

  const run = async (
    c: Context<Env>,
    id: string,
    now: number,
    next: () => Promise<void>,
  ): Promise<Response | undefined> => {
    const session = open.get(id)
    if (!session || session.busy) return badSession(c)
    session.busy = true
    try {
      await next()
    } finally {
      Object.assign(session, { busy: false, usedAt: now })
      if (c.req.header('ibsession') === 'finish') {
        open.delete(id)
        pool.release()
      }
    }
    return undefined
  }

  return {
    count: () => open.size,
    serve: async (
      c: Context<Env>,
      settings: Settings,
      now: number,
      next: () => Promise<void>,
    ): Promise<Response | undefined> => {
      dropOld(now, settings.sessionMaxAgeMs)
      const known = cookieOf(c)
      if (known) return run(c, known, now, next)
      if (c.req.header('ibsession') !== 'start') return once(c, settings, next)
      const id = await start(settings, now)
      if (!id) return noSession(c)
      const refused = await run(c, id, now, next)
      c.header('set-cookie', `ibsession=${id}; path=/`)
      return refused
    },
  }
}
