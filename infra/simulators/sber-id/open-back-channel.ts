import { readFileSync } from 'node:fs'
import type { Simulator } from '../frame/simulator.ts'
import { isBackChannel } from './back-channel.ts'
import { serveMutualTls } from './serve-mutual-tls.ts'

type Door = { stop: () => Promise<void>; refuse: (request: Request) => Response | undefined }

/** With certificates (paths) the bank's calls are taken by mutual TLS alone, as it takes them; browsers come by the other door. */
export const openBackChannel = (simulator: Simulator): Door | undefined => {
  const { SBER_SIM_TLS_PORT, SBER_SIM_CERTIFICATE, SBER_SIM_KEY, SBER_SIM_CLIENT_AUTHORITY } = process.env
  if (!SBER_SIM_TLS_PORT) return undefined
  const { stop } = serveMutualTls(simulator, {
    certificate: read(SBER_SIM_CERTIFICATE),
    key: read(SBER_SIM_KEY),
    clientAuthority: read(SBER_SIM_CLIENT_AUTHORITY),
    port: Number(SBER_SIM_TLS_PORT),
  })
  const refuse = (request: Request) =>
    isBackChannel(new URL(request.url).pathname)
      ? Response.json({ error: 'by mutual TLS only' }, { status: 403 })
      : undefined
  return { stop, refuse }
}

const read = (path = ''): string => readFileSync(path, { encoding: 'utf8' })
