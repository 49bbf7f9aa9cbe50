import type { Sql } from '@kontora/postgres'
import * as v from 'valibot'

/** `faults`: how often in a row the base itself failed us; `resumeAt`: nothing is sent before. */
export const Base = v.object({
  state: v.picklist(['open', 'paused']),
  faults: v.number(),
  resumeAt: v.nullable(v.string()),
  reasonCode: v.nullable(v.string()),
  reasonText: v.nullable(v.string()),
  waiting: v.number(),
  failed: v.number(),
  oldestWaitingAt: v.nullable(v.string()),
})
export type Base = v.InferOutput<typeof Base>

type Row = Omit<Base, 'resumeAt' | 'oldestWaitingAt'> & {
  resumeAt: Date | null
  oldestWaitingAt: Date | null
}

export const readBase = async (sql: Sql): Promise<Base> => {
  const [row] = await sql<Row[]>`
    select state, faults, resume_at, reason_code, reason_text,
      (select count(*) from exports where exports.state = 'waiting') as waiting,
      (select count(*) from exports where exports.state = 'failed') as failed,
      (select min(created_at) from exports where exports.state = 'waiting') as oldest_waiting_at
    from accounting_base where id = 'one-c'`
  if (!row) throw new Error('The migrations plant this row')
  const { resumeAt, oldestWaitingAt, ...base } = row
  return {
    ...base,
    resumeAt: resumeAt?.toISOString() ?? null,
    oldestWaitingAt: oldestWaitingAt?.toISOString() ?? null,
  }
}

/** For `/health/ready`: paused, away, or something that only a person can send on. */
export const isOneCWell = async (sql: Sql): Promise<boolean> => {
  const { state, faults, failed } = await readBase(sql)
  return state === 'open' && faults < 5 && failed === 0
}
