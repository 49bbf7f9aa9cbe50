import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { Resources } from '../resources.ts'
import { type Device, readDevice, writeDevice } from './known-device.ts'

type Env = { Bindings: Resources }

const name = 'kontora-device'
/** As long as browsers keep one. */
const maxAge = 400 * 24 * 60 * 60

/** Undefined without one of ours. */
export const deviceFrom = <Own extends Env>(c: Context<Own>): Promise<Device | undefined> =>
  readDevice(c.env.pepper, c.env.secureCookies ? getCookie(c, name, 'host') : getCookie(c, name))

/** Bound to this host and to https by its name, except on a laptop. */
export const keepDevice = async <Own extends Env>(c: Context<Own>, device: Device): Promise<void> =>
  setCookie(c, name, await writeDevice(c.env.pepper, device), {
    httpOnly: true,
    sameSite: 'Lax',
    path: '/',
    maxAge,
    ...(c.env.secureCookies && { secure: true, prefix: 'host' as const }),
  })
