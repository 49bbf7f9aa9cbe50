import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** A request that is being answered. */
export type Call = {
  hangUp: AbortController
  /** While the body still comes. */
  fail?: (error: Error) => void
}
type Connection = { calls: Call[]; usedAt: number }

export type Connections = {
  begin: (socket: Socket) => Call
  end: (socket: Socket, call: Call) => void
  running: () => number
  close: () => void
}

/**
 * What runs on which connection: one listener each for its end, and one clock for all that are idle. Listeners and timers of
 * every request, as `node:http` has them, cost a lone caller an eighth of his time.
 */
export const createConnections = (server: Server, idleMs: number): Connections => {
  const all = new Map<Socket, Connection>()
  let running = 0

  const closed = (socket: Socket): void => {
    for (const call of all.get(socket)?.calls ?? []) {
      call.hangUp.abort()
      call.fail?.(new Error('The caller hung up'))
    }
    all.delete(socket)
  }
  const of = (socket: Socket): Connection => {
    const known = all.get(socket)
    if (known) return known
    const connection = { calls: [], usedAt: Date.now() }
    all.set(socket, connection)
    socket.on('close', () => closed(socket))
    return connection
  }
  const look = (): void => {
    for (const [socket, { calls, usedAt }] of all)
      if (calls.length === 0 && Date.now() - usedAt > idleMs) socket.destroy()
  }
  server.on('connection', of)
  const timer = setInterval(look, idleMs / 10)

  return {
    begin: (socket) => {
      const call: Call = { hangUp: new AbortController() }
      of(socket).calls.push(call)
      running++
      return call
    },
    end: (socket, call) => {
      running--
      const connection = all.get(socket)
      if (!connection) return
      connection.calls.splice(connection.calls.indexOf(call), 1)
      connection.usedAt = Date.now()
    },
    running: () => running,
    close: () => clearInterval(timer),
  }
}
