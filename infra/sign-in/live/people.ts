import { transaction } from '../../../packages/postgres/index.ts'
import { realChance } from '../../../packages/service/index.ts'
import { openResources as openAuth } from '../../../services/auth/src/resources.ts'
import { openSession, prepareSession } from '../../../services/auth/src/sessions/open-session.ts'
import { giveTokens } from '../../../services/auth/src/tokens/give-tokens.ts'
import { operator } from '../../../services/client/src/actor.ts'
import { blockUser } from '../../../services/client/src/blocks/block-user.ts'
import { grantRole } from '../../../services/client/src/grants/grant-role.ts'
import { openResources as openClient } from '../../../services/client/src/resources.ts'
import { createRole } from '../../../services/client/src/roles/create-role.ts'
import { createUser } from '../../../services/client/src/users/create-user.ts'
import { administrator } from '../../stack/first-administrator.ts'
import type { Setting } from '../../stack/parts/specs.ts'
import { settingsOf } from './service-settings.ts'

export type Person = { userId: string; grantId: string }
export type Session = { id: string; token: string }

/** What a clerk may read, a route of each service that has one for a permission. */
const permissions = ['user:read', 'document:review', 'message:read', 'export:read']

/** People with a role and with sessions, made by the services' own verbs; letters and codes are no part of this. */
export const openPeople = async (setting: Setting) => {
  const auth = openAuth(settingsOf(setting, 'auth'), { max: 3 })
  const { sql } = openClient(settingsOf(setting, 'client'), { max: 3 })
  const client = { ...realChance(), sql }
  const [admin] = await sql<
    { userId: string }[]
  >`select user_id from addresses where email = ${administrator}`
  if (!admin) throw new Error('There is no administrator')
  const who = { id: admin.userId }
  const { roleId } = await createRole(client, who, { name: 'Clerk', permissions, includes: [] })

  const open = async (userId: string): Promise<Session> => {
    // By passkey, so that the administrator has given the second proof that grants ask for.
    const prepared = await prepareSession(auth, { userId, method: 'passkey', caller: {} })
    const session = await transaction(auth.sql, (tx) => openSession({ ...auth, sql: tx }, prepared))
    return { id: session.id, token: (await giveTokens(auth, session)).accessToken }
  }
  const create = async (): Promise<Person> => {
    const email = `${crypto.randomUUID()}@kontora.test`
    const user = { email, displayName: 'Clerk', locale: 'ru' as const, kind: 'person' as const }
    const { userId } = await createUser(client, who, user)
    return { userId, ...(await grantRole(client, who, { userId, roleId })) }
  }

  return {
    admin: () => open(who.id),
    create,
    open,
    /** As the operators' command line does it, with nothing but the database. */
    block: (userId: string) => blockUser(client, operator, { userId, reason: 'A proof' }),
    close: async () => {
      await Promise.all([auth.sql.end(), sql.end()])
    },
  }
}
export type People = Awaited<ReturnType<typeof openPeople>>
