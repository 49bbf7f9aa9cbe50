import type { Sql } from '@kontora/postgres'

const everyMs = 100

/** Reads the rows of all who wait in one question, and gives each his own as soon as it is as he wishes. */
export const createWatch = <Row extends { id: string }>(read: (ids: string[]) => Promise<Row[]>) => {
  const waiting = new Map<string, { isDone: (row: Row) => boolean; resolve: (row: Row) => void }>()
  let stopped = false

  const look = async (): Promise<void> => {
    for (const row of waiting.size > 0 ? await read([...waiting.keys()]) : []) {
      const one = waiting.get(row.id)
      if (!one?.isDone(row)) continue
      waiting.delete(row.id)
      one.resolve(row)
    }
  }
  const lookOn = async (): Promise<void> => {
    for (; !stopped; await Bun.sleep(everyMs)) await look()
  }
  void lookOn()

  return {
    until: (id: string, isDone: (row: Row) => boolean): Promise<Row> =>
      new Promise((resolve) => waiting.set(id, { isDone, resolve })),
    stop: (): void => {
      stopped = true
    },
  }
}

export type AttemptRow = { id: string; state: string; mdOrder: string | null; isShown: boolean }
export type RefundRow = { id: string; state: string }

export const watchAttempts = (sql: Sql) =>
  createWatch<AttemptRow>(
    (ids) => sql<AttemptRow[]>`
      select id, state, md_order, (pay_url is not null or qr_payload is not null) as is_shown
      from attempts where id in ${sql(ids)}`,
  )

export const watchRefunds = (sql: Sql) =>
  createWatch<RefundRow>((ids) => sql<RefundRow[]>`select id, state from refunds where id in ${sql(ids)}`)
