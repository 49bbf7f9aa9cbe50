import { type Pool, type Sql, transaction } from '@kontora/postgres'
import type { Log } from '@kontora/service'
import * as v from 'valibot'
import { applyBlock, applyGrants, applyRole } from './apply-events.ts'

const version = v.pipe(v.number(), v.safeInteger())
const Grant = v.object({
  roleId: v.string(),
  scope: v.nullable(v.string()),
  expiresAt: v.nullable(v.string()),
})

/** `GET /v1/access/snapshot` of `client`: all roles, grants and blocks, under the versions that its events carry. */
export const Snapshot = v.object({
  roles: v.array(
    v.object({
      roleId: v.string(),
      version,
      permissions: v.nullable(v.array(v.string())),
      includes: v.array(v.string()),
    }),
  ),
  grants: v.array(v.object({ userId: v.string(), version, grants: v.array(Grant) })),
  blocks: v.array(
    v.object({ userId: v.string(), version, blocked: v.boolean(), tokensNotBefore: v.nullable(v.string()) }),
  ),
})
export type ReadSnapshot = () => Promise<unknown>

const isEmpty = async (sql: Sql): Promise<boolean> => {
  const [row] = await sql<{ empty: boolean }[]>`
    select not exists (select 1 from access_roles) and not exists (select 1 from access_grants) as empty`
  return row?.empty ?? false
}

/** Older events that are heard besides change nothing: the versions say so. */
export const applySnapshot = (sql: Sql, answer: unknown): Promise<void> =>
  transaction(sql, async (tx) => {
    const { roles, grants, blocks } = v.parse(Snapshot, answer)
    for (const role of roles) await applyRole(tx, role)
    for (const grant of grants) await applyGrants(tx, grant)
    for (const { tokensNotBefore, ...block } of blocks)
      await applyBlock(tx, {
        ...block,
        tokensNotBefore: tokensNotBefore === null ? null : new Date(tokensNotBefore),
      })
  })

const pauseMs = 1000

/** A model that knows nobody asks for everything once: what is older than the topic's retention comes by no event. */
export const createSnapshotTaker = ({ sql, log, read }: { sql: Pool; log: Log; read: ReadSnapshot }) => {
  let running = false

  const take = async (): Promise<void> => {
    while (running) {
      const taken = await (async () => {
        if (await isEmpty(sql)) await applySnapshot(sql, await read())
        return true
      })().catch((error: unknown) => {
        log.warn('access-snapshot-not-taken', {}, error)
        return false
      })
      if (taken) return
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }

  return {
    name: 'access snapshot',
    start: () => {
      running = true
      void take()
    },
    stop: async () => {
      running = false
    },
  }
}
