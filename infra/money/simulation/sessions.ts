import { connect, type Pool } from '@kontora/postgres'

/** One connection. */
export type Session = { sql: Pool; pid: number; dead: boolean }
export type Sessions = Awaited<ReturnType<typeof openSessions>>

/** Connections of the service's own role, one statement at a time on each; the one that was given back last goes first. */
export const openSessions = async (url: string) => {
  const watcher = connect(url, { max: 1, name: 'watcher' })
  const idle: Session[] = []
  const all = new Set<Session>()

  const open = async (): Promise<Session> => {
    const sql = connect(url, { max: 1, name: 'simulation' })
    const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`
    const session = { sql, pid: row?.pid ?? 0, dead: false }
    all.add(session)
    return session
  }

  const isThere = async (pid: number): Promise<boolean> =>
    (await watcher`select pid from pg_stat_activity where pid = ${pid}`).length > 0

  /** The connection is cut in the middle; answers when the server has undone what it had open, and let go of its locks. */
  const kill = async (session: Session): Promise<void> => {
    if (session.dead) return
    session.dead = true
    all.delete(session)
    await watcher`select pg_terminate_backend(${session.pid})`
    while (await isThere(session.pid)) await Bun.sleep(1)
    await session.sql.end({ timeout: 0 })
  }

  return {
    /** Makes fragments and parameters of statements; it never connects. */
    base: connect(url, { max: 1, name: 'base' }),
    take: async (): Promise<Session> => idle.pop() ?? open(),
    giveBack: (session: Session): void => {
      if (!session.dead) idle.push(session)
    },
    kill,
    /** Whether its statement waits for a lock that another holds: nothing but another's step can let it go on. */
    isBlocked: async ({ pid }: Session): Promise<boolean> => {
      const [row] = await watcher<{ blocked: boolean }[]>`
        select cardinality(pg_blocking_pids(${pid})) > 0 as blocked`
      return row?.blocked ?? false
    },
    /** Whatever a history that broke off has left open. */
    killAll: async (): Promise<void> => {
      for (const session of [...all]) await kill(session)
      idle.length = 0
    },
    close: async (): Promise<void> => {
      await Promise.all([watcher, ...Array.from(all, ({ sql }) => sql)].map((sql) => sql.end({ timeout: 1 })))
    },
  }
}
