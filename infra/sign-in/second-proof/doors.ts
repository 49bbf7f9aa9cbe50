import { createTokenVerifier } from '@kontora/service'
import { app as auth } from '../../../services/auth/src/app.ts'
import type { World } from '../../../services/auth/src/testing.node.ts'
import { app as client } from '../../../services/client/src/app.ts'
import { openTestClient } from '../../../services/client/src/testing.node.ts'
import { app as documents } from '../../../services/documents/src/app.ts'
import { openTestStand } from '../../../services/documents/src/open-test-stand.node.ts'
import { app as notification } from '../../../services/notification/src/app.ts'
import { openTestNotification } from '../../../services/notification/src/testing.node.ts'
import { app as payment } from '../../../services/payment/src/app.ts'
import { openTestPayment } from '../../../services/payment/src/testing.node.ts'

type Access = { allow: (userId: string, permissions: string[]) => Promise<void>; beat: () => Promise<void> }
type App = { request: (path: string, init: RequestInit, resources: object) => Response | Promise<Response> }
type Door = { service: string; app: App; resources: object; access: Access; close: () => unknown }

/** `client` asks its own tables besides the read model. */
const asMaster = ({
  sql,
  allow,
  beat,
  resources: { now },
}: Awaited<ReturnType<typeof openTestClient>>): Access => ({
  beat,
  allow: async (userId, permissions) => {
    const role = {
      roleId: crypto.randomUUID(),
      name: userId,
      permissions: sql.json(permissions),
      includes: sql.json([]),
    }
    const time = { createdAt: now(), version: 1 }
    const user = { userId, locale: 'ru', kind: 'person', state: 'active', grantsVersion: 1, ...time }
    await sql`insert into users ${sql(user)}`
    await sql`insert into roles ${sql({ ...role, ...time, changedAt: now() })}`
    const grant = { grantId: crypto.randomUUID(), userId, roleId: role.roleId, grantedBy: 'proof' }
    await sql`insert into grants ${sql({ ...grant, grantedAt: now() })}`
    await allow(userId, permissions)
  },
})

const openAll = async (world: World): Promise<Door[]> => {
  const [clients, stand, letters, payments] = await Promise.all([
    openTestClient(),
    openTestStand(),
    openTestNotification(),
    openTestPayment(),
  ])
  return [
    {
      service: 'auth',
      app: auth as App,
      resources: world.resources,
      access: world.testAccess,
      close: world.close,
    },
    {
      service: 'client',
      app: client as App,
      resources: clients.resources,
      access: asMaster(clients),
      close: clients.close,
    },
    {
      service: 'documents',
      app: documents as App,
      resources: stand.resources,
      access: stand.access,
      close: stand.close,
    },
    {
      ...{ service: 'notification', app: notification as App, resources: letters.resources },
      ...{ access: letters.access, close: letters.close },
    },
    {
      service: 'payment',
      app: payment as App,
      resources: payments.resources,
      access: payments,
      close: payments.close,
    },
  ]
}

/** All five services, each with its own database, before people of the one `auth` and on its clock. */
export const openDoors = async (world: World) => {
  const { issuer, keyring, now } = world.resources
  const doors = (await openAll(world)).map((door) => ({
    ...door,
    resources: {
      ...door.resources,
      now,
      verifyToken: createTokenVerifier({
        issuer,
        audience: ['portal', door.service],
        key: keyring.verificationKey,
        now,
      }),
    },
  }))
  return {
    doors,
    /** Everything, everywhere: what is refused to him lacks nothing but the proof. */
    allowAll: async (userId: string) => {
      for (const { access } of doors) await access.allow(userId, ['*:*'])
    },
    pass: async (ms: number) => {
      world.pass(ms)
      for (const { access } of doors) await access.beat()
    },
    close: async () => {
      for (const { close } of doors) await close()
    },
  }
}
export type Doors = Awaited<ReturnType<typeof openDoors>>
