import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAuthority } from '@kontora/simulators/mutual-tls'
import { type Place, StartFault } from './place.ts'

/** Where they lie: whom each side believes, and what each shows. */
export const sberFiles = ({ data }: Place) => {
  const at = (name: string): string => join(data, 'sber-id', `${name}.pem`)
  return {
    serverAuthority: at('server-authority'),
    server: at('server'),
    serverKey: at('server-key'),
    clientAuthority: at('client-authority'),
    client: at('client'),
    clientKey: at('client-key'),
  }
}

/** The bank has an authority for its servers and another for its clients. Made anew at each start, so none of them ever ends. */
export const makeSberCertificates = (place: Place): void => {
  const files = sberFiles(place)
  const servers = createAuthority('Servers of Sber ID (local)')
  const clients = createAuthority('Clients of Sber ID (local)')
  const server = servers.issue('localhost', { hosts: ['localhost'] })
  const client = clients.issue('kontora-local', { client: true })
  const texts: [string, string][] = [
    [files.serverAuthority, servers.certificate],
    [files.server, server.certificate],
    [files.serverKey, server.key],
    [files.clientAuthority, clients.certificate],
    [files.client, client.certificate],
    [files.clientKey, client.key],
  ]
  try {
    mkdirSync(join(place.data, 'sber-id'), { recursive: true, mode: 0o700 })
    for (const [path, text] of texts) writeFileSync(path, text, { mode: 0o600 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new StartFault(`${join(place.data, 'sber-id')} cannot be written (${code}).`)
  }
}
