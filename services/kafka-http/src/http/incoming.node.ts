import type { IncomingMessage } from 'node:http'
import type { Call } from './connections.node.ts'

export type Body = { bytes: Uint8Array<ArrayBuffer>; whole: boolean }

const none: Body = { bytes: new Uint8Array(0), whole: true }

const joined = (chunks: Buffer[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks))

/** Of a body that is too large only so much is read that whoever reads the request sees it. */
export const readBody = (incoming: IncomingMessage, mostBytes: number, call: Call): Promise<Body> | Body => {
  const { 'content-length': length, 'transfer-encoding': encoding } = incoming.headers
  if (encoding === undefined && (length === undefined || length === '0')) return none
  const announced = encoding === undefined ? Number(length) : Number.POSITIVE_INFINITY
  if (encoding === undefined && announced > mostBytes) return { bytes: new Uint8Array(1), whole: false }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let read = 0
    const done = (whole: boolean): void => {
      delete call.fail
      resolve({ bytes: joined(chunks), whole })
    }
    call.fail = reject
    incoming.on('data', (chunk: Buffer) => {
      read += chunk.byteLength
      chunks.push(chunk)
      if (read > mostBytes) done(false)
      // The end comes a turn later.
      else if (read === announced) done(true)
    })
    if (announced === Number.POSITIVE_INFINITY) incoming.on('end', () => done(true))
  })
}

const swallowMs = 2000

/** To close on who still sends would take the answer from him: what comes is dropped for a moment. */
export const swallow = (incoming: IncomingMessage): void => {
  const timer = setTimeout(() => incoming.destroy(), swallowMs)
  incoming.on('data', () => {})
  incoming.on('close', () => clearTimeout(timer))
  incoming.resume()
}

/** A GET with a body goes on as the POST that it means. */
export const requestOf = (incoming: IncomingMessage, { bytes }: Body, signal: AbortSignal): Request => {
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
