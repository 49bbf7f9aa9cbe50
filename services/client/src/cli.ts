import { runCli, withDatabase } from '@kontora/door/cli'
import { eventCommands } from '@kontora/door/event-commands'
import type { Sql } from '@kontora/postgres'
import { Problem, parseInput, realChance } from '@kontora/service'
import { Email } from '@kontora/validation'
import { nameFirstAdministrator } from './access/name-first-administrator.ts'
import { operator } from './actor.ts'
import { blockUser } from './blocks/block-user.ts'
import { unblockUser } from './blocks/unblock-user.ts'
import { migrations } from './migrations.node.ts'
import type { WriteResources } from './resources.ts'

type Work = (resources: WriteResources, email: string) => Promise<string>

const userOf = async (sql: Sql, email: string): Promise<string> => {
  const [user] = await sql<{ userId: string }[]>`select user_id from addresses where email = ${email}`
  if (!user) throw new Problem('not-found', 'No such user')
  return user.userId
}

const nameFirst: Work = async (resources, email) => {
  const { userId, known } = await nameFirstAdministrator(resources, operator, { email })
  return known ? `There is one already: ${userId}` : `Administrator: ${userId}`
}

const block: Work = async (resources, email) => {
  const userId = await userOf(resources.sql, email)
  const { state } = await blockUser(resources, operator, { userId, reason: 'Blocked by the operator' })
  return `${userId} is ${state}`
}

const unblock: Work = async (resources, email) => {
  const userId = await userOf(resources.sql, email)
  const { state } = await unblockUser(resources, operator, { userId })
  return `${userId} is ${state}`
}

const forAddress = (about: string, work: Work) => ({
  about,
  takes: '<email>',
  run: (text: string | undefined) => {
    const email = parseInput(Email, text, 'address')
    return withDatabase((sql) => work({ ...realChance(), sql }, email))
  },
})

await runCli({
  service: 'client',
  migrations,
  commands: {
    ...eventCommands,
    'first-administrator': forAddress('makes the one who names all others, once', nameFirst),
    'user block': forAddress('ends all that this person may', block),
    'user unblock': forAddress('lets him sign in again', unblock),
  },
})
