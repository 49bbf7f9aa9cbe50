import type { AccessResources } from '@kontora/access'
import { type CommonOpen, openCommon } from '@kontora/door'
import type { Sql } from '@kontora/postgres'
import { type BaseResources, type Chance, readSettings, refuseTestHosts } from '@kontora/service'
import { settings } from './settings.ts'

/** Everything that the service takes from the outside, time and chance too. */
export type Resources = BaseResources & AccessResources

/** What a change of data needs of them, so that the command line opens no more than a database. */
export type WriteResources = Chance & { sql: Sql }

export const openResources = (env: unknown, options: { max?: number } = {}): CommonOpen => {
  const read = readSettings(settings, env)
  refuseTestHosts(read)
  return openCommon('client', read, options)
}
