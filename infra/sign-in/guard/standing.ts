import type { Envelope } from '../../../packages/events/index.ts'
import { consumers } from '../../../services/auth/src/consumers.ts'
import type { World } from '../../../services/auth/src/testing.node.ts'
import type { Attempt, Person } from './ways.ts'

/** What makes of someone who may sign in someone who may not. */
export type Standing = (world: World, person: Person, attempt?: Attempt) => Promise<void>

const hear = async (world: World, name: string, data: object): Promise<void> => {
  const handler = consumers.find((one) => one.name === name)
  if (!handler) throw new Error(`Nobody hears ${name}`)
  const envelope = { time: world.resources.now().toISOString() } as Envelope
  await handler.handle(world.resources, { service: 'client' }, data as never, envelope)
}

/** `client` and the read model know it; the sessions are not yet ended, as if that event were late. */
const block: Standing = async (world, { email, userId }) => {
  const user = world.users.get(email)
  if (user) user.blocked = true
  await world.testAccess.block(userId)
  world.resources.machineClients.delete(userId)
}

const remove: Standing = async (world, { email, userId }) => {
  world.users.delete(email)
  world.resources.machineClients.delete(userId)
  await hear(world, 'forget-deleted-user', { userId, version: 2 })
}

/** Ten wrong guesses: the one that was set aside for the owner, and the rest by strangers. */
const lock: Standing = async (world, { email }, attempt) => {
  await attempt?.spoil?.()
  for (let i = 0; i < 2; i++) {
    world.pass(2 * 60_000)
    const { flowId, flowSecret, code } = await world.askFor(email)
    for (let tried = 0; tried < 5; tried++) {
      await world.post('/v1/sign-in', { flowId, flowSecret, code: code === '000000' ? '000001' : '000000' })
      world.pass(1000 * 2 ** tried)
    }
  }
}

export const standings = { blocked: block, deleted: remove, locked: lock }
export type StandingName = keyof typeof standings
