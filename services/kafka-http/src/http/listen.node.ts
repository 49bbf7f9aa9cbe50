import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Listen } from '@kontora/service/serve'

type Fetch = Parameters<Listen>[0]

/**
 * Upstash's protocol has bodies in GETs, and `Bun.serve` drops those; `node:http` in Bun keeps them, for 8 µs more a
 * request. A GET with a body goes on as the POST that it means.
 */
export const listenForGetBodies =
  (mostBytes: number): Listen =>
  (fetch, port, hostname) => {
    let running = 0
    const server = createServer({ keepAliveTimeout: 255_000, requestTimeout: 0 }, (incoming, answer) => {
      running++
      respond(fetch, mostBytes, incoming, answer)
        .catch(() => answer.destroy())
        .finally(() => running--)
    })
    server.on('error', (error) => {
      throw error
    })
    server.listen(port, hostname)
    const stop = async (): Promise<void> => {
      server.close()
      while (running > 0) await Bun.sleep(10)
      server.closeAllConnections()
    }
    return { port: (server.address() as AddressInfo | null)?.port ?? port, stop }
  }

const respond = async (
  fetch: Fetch,
  mostBytes: number,
  incoming: IncomingMessage,
  answer: ServerResponse,
): Promise<void> => {
  const hangUp = new AbortController()
  answer.on('close', () => answer.writableFinished || hangUp.abort())
  const body = await readBody(incoming, mostBytes)
  const response = await fetch(requestOf(incoming, body, hangUp.signal))
  const bytes = new Uint8Array(await response.arrayBuffer())
  answer.writeHead(response.status, {
    ...Object.fromEntries(response.headers),
    'content-length': bytes.byteLength,
  })
  answer.end(bytes)
  if (!body.whole) swallow(incoming)
}

const swallowMs = 2000

/** To close on who still sends would take the answer from him: what comes is dropped for a moment. */
const swallow = (incoming: IncomingMessage): void => {
  const timer = setTimeout(() => incoming.destroy(), swallowMs)
  incoming.on('data', () => {})
  incoming.on('close', () => clearTimeout(timer))
  incoming.resume()
}

type Body = { bytes: Uint8Array<ArrayBuffer>; whole: boolean }

/** Of a body that is too large only so much is read that whoever reads the request sees it. */
const readBody = (incoming: IncomingMessage, mostBytes: number): Promise<Body> => {
  const announced = Number(incoming.headers['content-length'] ?? Number.NaN)
  if (announced > mostBytes) return Promise.resolve({ bytes: new Uint8Array(1), whole: false })
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    incoming.on('data', (chunk: Buffer) => {
      length += chunk.byteLength
      chunks.push(chunk)
      if (length > mostBytes) resolve({ bytes: joined(chunks), whole: false })
      // The end comes a turn later.
      else if (length === announced) resolve({ bytes: joined(chunks), whole: true })
    })
    incoming.on('end', () => resolve({ bytes: joined(chunks), whole: true }))
    incoming.on('error', reject)
  })
}

const joined = (chunks: Buffer[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks))

const requestOf = (incoming: IncomingMessage, { bytes }: Body, signal: AbortSignal): Request => {
  const { rawHeaders, method = 'GET', url = '/' } = incoming
  const headers = new Headers()
  for (let i = 0; i < rawHeaders.length; i += 2) headers.append(rawHeaders[i] ?? '', rawHeaders[i + 1] ?? '')
  const hasBody = bytes.byteLength > 0
  return new Request(`http://${incoming.headers.host ?? 'localhost'}${url}`, {
    method: method === 'GET' && hasBody ? 'POST' : method,
    headers,
    signal,
    ...(hasBody && { body: bytes }),
  })
}
