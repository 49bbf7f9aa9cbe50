import type { Pool, Transaction } from '@kontora/postgres'
import { type Ask, ConnectionCut } from './schedule.ts'
import type { Session, Sessions } from './sessions.ts'

/** Asks for the grant of one step of a process. */
export type AskStep = <Value>(ask: Ask & { run: () => Promise<Value> }) => Promise<Value>
type Gate = {
  ask: AskStep
  sessions: Sessions
  /** The connections that the process holds. */
  held: Set<Session>
}
type Rows = Record<string, unknown>[]
type Strings = TemplateStringsArray
/** What postgres.js hands to whoever runs a query. */
type Waiting = { resolve: (rows: Rows) => void; reject: (error: unknown) => void }
/** `last`: what was sent on this connection last; the next begins behind it, as Postgres does them. */
type Scope = { session: Session; fault?: unknown; last?: Promise<unknown> }

const labelOf = (strings: Strings): string => strings.join('?').replaceAll(/\s+/g, ' ').trim().slice(0, 110)

/** Postgres promises no order of what `returning` gives, and one seed needs one. */
const inOneOrder = (strings: Strings, rows: Rows): Rows =>
  rows.length > 1 && strings.some((text) => text.includes('returning'))
    ? rows.sort((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1))
    : rows

/** A wait in real time has no place where the time is virtual. */
const isRealTime = (strings: Strings): boolean => /^\s*set local lock_timeout/.test(strings[0] ?? '')

/** The one place where a function is said to be postgres.js' own: it answers to all that the service uses of it. */
const asPool = (own: object): Pool => own as Pool
const asTransaction = (own: object): Transaction => own as Transaction

const run = async (session: Session, strings: Strings, args: unknown[]): Promise<Rows> =>
  isRealTime(strings) ? [] : inOneOrder(strings, (await session.sql(strings, ...(args as never[]))) as Rows)

const isTemplate = (first: unknown): first is Strings => Array.isArray(first) && 'raw' in first

/** A pool whose every statement, begin, commit and savepoint is a step that the schedule grants. */
export const gatedSql = (gate: Gate): Pool => {
  const { ask, sessions, held } = gate
  const { base } = sessions

  const take = async (): Promise<Session> => {
    const session = await sessions.take()
    held.add(session)
    return session
  }
  const giveBack = (session: Session): void => {
    held.delete(session)
    sessions.giveBack(session)
  }

  /** Runs when it is first waited for; a piece of another statement never is. */
  const query = (strings: Strings, args: unknown[], start: () => Promise<Rows>): object =>
    Object.assign(base(strings, ...(args as never[])), {
      handler: ({ resolve, reject }: Waiting) => void start().then(resolve, reject),
    })

  const alone = (strings: Strings, args: unknown[]): Promise<Rows> => {
    let session: Session | undefined
    return ask({
      label: labelOf(strings),
      isBlocked: async () => session !== undefined && sessions.isBlocked(session),
      run: async () => {
        const own = await take()
        session = own
        try {
          return await run(own, strings, args)
        } finally {
          giveBack(own)
        }
      },
    })
  }

  const within = (scope: Scope, label: string, work: () => Promise<Rows>): Promise<Rows> => {
    const before = scope.last
    const own = before ? before.then(() => step(scope, label, work)) : step(scope, label, work)
    scope.last = own.catch(() => {})
    return own
  }

  const step = async (scope: Scope, label: string, work: () => Promise<Rows>): Promise<Rows> => {
    const { session } = scope
    if (session.dead) throw new ConnectionCut('The connection was cut')
    try {
      return await ask({
        label,
        isBlocked: () => sessions.isBlocked(session),
        cut: () => sessions.kill(session),
        run: work,
      })
    } catch (error) {
      scope.fault ??= error
      throw error
    }
  }

  const command = (scope: Scope, text: string): Promise<Rows> =>
    within(scope, text, async () => [...(await scope.session.sql.unsafe(text))] as Rows)

  const scoped = async <Result>(
    session: Session,
    work: (tx: Transaction) => Promise<Result>,
    [undo, keep]: [string, string?],
  ): Promise<Result> => {
    const scope: Scope = { session }
    try {
      const result = await work(transactionOf(scope))
      // A fault that the work has swallowed has undone its statement all the same.
      if (scope.fault) throw scope.fault
      if (keep) await command({ session }, keep)
      return result
    } catch (error) {
      if (!session.dead) await command({ session }, undo).catch(() => {})
      throw error
    }
  }

  let savepoints = 0
  const transactionOf = (scope: Scope): Transaction => {
    const tx = (first: unknown, ...rest: unknown[]): unknown =>
      isTemplate(first)
        ? query(first, rest, () => within(scope, labelOf(first), () => run(scope.session, first, rest)))
        : base(first as never, ...(rest as never[]))
    const savepoint = async <Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> => {
      const name = `s${savepoints++}`
      await command(scope, `savepoint ${name}`)
      return scoped(scope.session, work, [`rollback to savepoint ${name}`])
    }
    return asTransaction(Object.assign(tx, { savepoint, json: base.json }))
  }

  const begin = async <Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> => {
    const session = await ask({
      label: 'begin',
      run: async () => {
        const own = await take()
        await own.sql.unsafe('begin')
        return own
      },
    })
    try {
      return await scoped(session, work, ['rollback', 'commit'])
    } finally {
      giveBack(session)
    }
  }

  const pool = (first: unknown, ...rest: unknown[]): unknown =>
    isTemplate(first)
      ? query(first, rest, () => alone(first, rest))
      : base(first as never, ...(rest as never[]))
  return asPool(Object.assign(pool, { begin, json: base.json }))
}
