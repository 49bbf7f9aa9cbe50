import type { Context } from 'hono'
import { deviceFrom } from '../devices/device-cookie.ts'
import type { Device } from '../devices/known-device.ts'
import type { Resources } from '../resources.ts'
import { countryFrom, networkFrom } from './network.ts'

/** Where a call comes from, as far as anybody can tell. */
export type Caller = {
  device?: Device | undefined
  network?: string | undefined
  country?: string | undefined
  userAgent?: string | undefined
}

/** Where a sign-in comes from: its device is known by a cookie from then on. */
export type Browser = Caller & { device: Device }

const longestAgent = 500

export const callerOf = async <Own extends { Bindings: Resources }>(c: Context<Own>): Promise<Caller> => {
  const { proxies, peer } = c.env
  const { headers } = c.req.raw
  return {
    device: await deviceFrom(c),
    network: networkFrom(proxies, peer, headers),
    country: countryFrom(proxies, peer, headers),
    userAgent: headers.get('user-agent')?.slice(0, longestAgent),
  }
}
