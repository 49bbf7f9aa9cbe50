import { createTokenVerifier, remoteKeys } from '@kontora/service'
import { app } from '../../../services/auth/src/app.ts'
import { createKeyring } from '../../../services/auth/src/keys/keyring.ts'
import type { Resources } from '../../../services/auth/src/resources.ts'
import { openWorld } from '../../../services/auth/src/testing.node.ts'
import { signMachineToken } from '../../../services/auth/src/tokens/give-tokens.ts'
import { type Door, openDoor } from './door.ts'

const audience = 'documents'

/** Two replicas of `auth` on one database and one clock, each with a keyring of its own behind real HTTP. */
export const openStand = async () => {
  const world = await openWorld()
  const { now } = world.resources
  const replicas: Resources[] = [
    world.resources,
    { ...world.resources, keyring: createKeyring(world.resources) },
  ]
  const servers = replicas.map((resources) =>
    Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: (request) => app.fetch(request, resources) }),
  )
  const doors: Door[] = []

  const openVerifier = (replica: number, keeps = false) => {
    const url = `${servers[replica]?.url.href}.well-known/jwks.json`
    const door = openDoor({ url, now, keeps })
    doors.push(door)
    const { issuer } = world.resources
    const key = remoteKeys({ url: door.url, now, ask: door.ask })
    return { door, verify: createTokenVerifier({ issuer, audience: [audience], key, now }) }
  }

  return {
    resources: world.resources,
    now,
    pass: world.pass,
    /** By either replica. */
    mint: async (replica: number): Promise<string> =>
      signMachineToken(replicas[replica] ?? world.resources, 'payment', audience),
    openVerifier,
    close: async () => {
      for (const door of doors) door.close()
      for (const server of servers) server.stop(true)
      await world.close()
    },
  }
}
export type Stand = Awaited<ReturnType<typeof openStand>>
export type Verifier = ReturnType<Stand['openVerifier']>

/** The token under a name that no key has. */
export const underUnknownKey = (token: string, name: string): string => {
  const [head = '', ...rest] = token.split('.')
  const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as object
  return [Buffer.from(JSON.stringify({ ...header, kid: name })).toString('base64url'), ...rest].join('.')
}
