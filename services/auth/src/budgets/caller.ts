import type { Context } from 'hono'
import { deviceFrom } from '../devices/device-cookie.ts'
import type { Device } from '../devices/known-device.ts'
import type { Resources } from '../resources.ts'
import { networkFrom } from './network.ts'

/** Where a call comes from, as far as anybody can tell. */
export type Caller = { device?: Device | undefined; network?: string | undefined }

export const callerOf = async <Own extends { Bindings: Resources }>(c: Context<Own>): Promise<Caller> => ({
  device: await deviceFrom(c),
  network: networkFrom(c.env.proxies, c.env.peer, c.req.raw.headers),
})
