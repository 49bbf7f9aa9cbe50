import type { Pool } from '@kontora/postgres'
import type { Resources } from '../../../services/payment/src/resources.ts'
import { type AskStep, gatedSql } from './gated-sql.ts'
import { ConnectionCut, type Life, type Party, type Schedule } from './schedule.ts'
import type { Session, Sessions } from './sessions.ts'

/** `wasCut`: it lost a connection, and what it answers may come of that; what answers nothing for it is as good as dead. */
export type Served<Value> = { value: Value; wasCut: boolean } | 'crashed'
export type Serve = <Value>(
  party: Party,
  name: string,
  work: (resources: Resources) => Promise<Value>,
) => Promise<Served<Value>>

type Options = {
  schedule: Schedule
  sessions: Sessions
  resourcesOf: (sql: Pool, ask: AskStep) => Resources
}

/** Processes of the service. One that dies goes no further, not even into a `finally`; its connections break. */
export const createProcesses = ({ schedule, sessions, resourcesOf }: Options): Serve => {
  let processes = 0
  return (party, name, work) =>
    new Promise((resolve, reject) => {
      const held = new Set<Session>()
      let wasCut = false
      const life: Life = {
        name: `${name}#${++processes}`,
        kill: async () => {
          for (const session of held) await sessions.kill(session)
        },
        crashed: () => resolve('crashed'),
      }
      const ask: AskStep = async (what) => {
        try {
          return await schedule.ask(party, { ...what, life })
        } catch (error) {
          if (error instanceof ConnectionCut) wasCut = true
          throw error
        }
      }
      const resources = resourcesOf(gatedSql({ ask, sessions, held }), ask)
      work(resources).then(
        (value) => resolve({ value, wasCut }),
        (error: unknown) => (error instanceof ConnectionCut ? resolve('crashed') : reject(error)),
      )
    })
}
