import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Listen } from '@kontora/service/serve'
import { bytesOf } from './answer-json.ts'
import { type Call, createConnections } from './connections.node.ts'
import { readBody, requestOf, swallow } from './incoming.node.ts'

type Fetch = Parameters<Listen>[0]

/** Upstash's protocol has bodies in GETs, and `Bun.serve` drops those; `node:http` in Bun keeps them. */
export const listenForGetBodies =
  (mostBytes: number, idleMs = 255_000): Listen =>
  (fetch, port, hostname) => {
    const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 })
    const connections = createConnections(server, idleMs)
    server.on('request', (incoming, answer) => {
      const call = connections.begin(incoming.socket)
      respond(fetch, mostBytes, call, incoming, answer)
        .catch(() => answer.destroy())
        .finally(() => connections.end(incoming.socket, call))
    })
    server.on('error', (error) => {
      throw error
    })
    server.listen(port, hostname)
    const stop = async (): Promise<void> => {
      server.close()
      while (connections.running() > 0) await Bun.sleep(10)
      connections.close()
      server.closeAllConnections()
    }
    return { port: (server.address() as AddressInfo | null)?.port ?? port, stop }
  }

const respond = async (
  fetch: Fetch,
  mostBytes: number,
  call: Call,
  incoming: IncomingMessage,
  answer: ServerResponse,
): Promise<void> => {
  const body = await readBody(incoming, mostBytes, call)
  const response = await fetch(requestOf(incoming, body, call.hangUp.signal))
  const bytes = bytesOf(response) ?? new Uint8Array(await response.arrayBuffer())
  answer.writeHead(response.status, {
    ...Object.fromEntries(response.headers),
    'content-length': bytes.byteLength,
  })
  answer.end(bytes)
  if (!body.whole) swallow(incoming)
}
