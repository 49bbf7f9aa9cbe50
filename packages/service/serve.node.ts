import type { Health } from './health.ts'
import type { Log } from './log.ts'

/** `peer`: the address at the other end of the connection, where the server knows it. */
type Fetch = (request: Request, peer?: string) => Response | Promise<Response>
export type Listening = { port: number; stop: () => Promise<void> }
export type Listen = (fetch: Fetch, port: number, hostname: string) => Listening

/** A loop beside HTTP: consumers, relay, jobs. `stop` finishes or hands back what it holds. */
export type Background = { name: string; start: () => void; stop: () => Promise<void> }

export type ServeOptions = {
  fetch: Fetch
  port: number
  hostname?: string
  health: Health
  log: Log
  background?: Background[]
  /** How long to answer on as "not ready", so that whoever sends requests here learns of it. */
  drainMs?: number
  /** Instead of the runtime's own server. */
  listen?: Listen
  close: () => Promise<void>
}

type DenoLike = {
  serve: (
    options: object,
    fetch: (request: Request, info: { remoteAddr?: { hostname?: string } }) => Response | Promise<Response>,
  ) => { addr: { port: number }; shutdown: () => Promise<void> }
  addSignalListener: (signal: string, listener: () => void) => void
  exit: (code: number) => never
}

const deno = (globalThis as { Deno?: DenoLike }).Deno

const listenUsually: Listen = (fetch, port, hostname) => {
  if (deno) {
    const server = deno.serve({ port, hostname, onListen: () => {} }, (request, { remoteAddr }) =>
      fetch(request, remoteAddr?.hostname),
    )
    return { port: server.addr.port, stop: () => server.shutdown() }
  }
  const server = Bun.serve({
    port,
    hostname,
    fetch: (request, own) => fetch(request, own.requestIP(request)?.address),
    idleTimeout: 255,
  })
  return { port: server.port ?? port, stop: () => server.stop() }
}

const onSignal = (listener: () => void): void => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    if (deno) deno.addSignalListener(signal, listener)
    else process.on(signal, listener)
  }
}

const exit = (code: number): never => (deno ? deno.exit(code) : process.exit(code))

const mostMs = 15_000

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const goDown = async (server: Listening, options: ServeOptions): Promise<void> => {
  const { health, log, background = [], drainMs = 300, close } = options
  health.draining = true
  log.info('draining')
  await sleep(drainMs)
  // What does not end in time is cut off: whoever started us would end us harder.
  await Promise.race([Promise.allSettled(background.map((loop) => loop.stop())), sleep(mostMs)])
  log.info('background-stopped')
  await Promise.race([server.stop(), sleep(10_000)])
  log.info('server-stopped')
  await Promise.race([close().catch(() => {}), sleep(2000)])
  log.info('closed')
  exit(0)
}

/**
 * Starts a service and ends it in order: not ready → answer on with `Connection: close` → background finishes → server
 * stops → pool closes. A second signal ends at once.
 */
export const serve = (options: ServeOptions): Listening => {
  const { fetch, port, hostname = '0.0.0.0', health, log, background = [] } = options
  const { listen = listenUsually } = options
  let server: Listening | undefined
  onSignal(() => {
    if (health.draining || !server) exit(1)
    else void goDown(server, options)
  })
  server = listen(fetch, port, hostname)
  for (const loop of background) loop.start()
  log.info('listening', { port: server.port })
  return server
}
