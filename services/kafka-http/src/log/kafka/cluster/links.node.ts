import { Connection, type ConnectionOptions } from '@platformatic/kafka/core'
import { KafkaAway } from './faults.ts'

export type Address = { host: string; port: number }

/**
 * Open connections by address and lane. A broker answers a connection's requests in their order, so what may wait long (a
 * fetch, a join) never shares a lane with what must not (a commit, a heartbeat).
 */
export type Links = {
  at: (address: Address, lane: string) => Promise<Connection>
  /** The same without a turn, where it is open: what is asked through it goes out before whatever its caller does next. */
  opened: (address: Address, lane: string) => Connection | undefined
  /** Of this caller alone until it is given back; then others may borrow it. */
  borrow: (address: Address) => Promise<{ connection: Connection; giveBack: () => void }>
  close: () => void
}
export type LinkOptions = Pick<ConnectionOptions, 'tls' | 'sasl'> & { clientId: string }

export const connectTimeoutMs = 3000
/** Above any wait that we ask a broker for, below the patience of whoever waits for us. */
const requestTimeoutMs = 5000

/** A join waits for all other members of its group. */
const joinTimeoutMs = 75_000

const mostIdle = 20

export const createLinks = ({ clientId, ...security }: LinkOptions): Links => {
  const open = new Map<string, Promise<Connection>>()
  const ready = new Map<string, Connection>()
  const idle = new Map<string, Connection[]>()
  const living = new Set<Connection>()
  let closed = false

  const dial = async ({ host, port }: Address, timeoutMs: number): Promise<Connection> => {
    if (closed) throw new KafkaAway('The connections are closed')
    const connection = new Connection(clientId, {
      ...security,
      connectTimeout: connectTimeoutMs,
      requestTimeout: timeoutMs,
      maxInflights: 1000,
    })
    // What is wrong is told to each request; without a listener the event would end the process.
    connection.on('error', () => {})
    connection.on('close', () => living.delete(connection))
    living.add(connection)
    try {
      await connection.connect(host, port)
      return connection
    } catch (error) {
      living.delete(connection)
      throw error
    }
  }

  const nameOf = ({ host, port }: Address, lane: string): string => `${lane} ${host}:${port}`
  const opened = (address: Address, lane: string): Connection | undefined => {
    const connection = ready.get(nameOf(address, lane))
    return connection?.isConnected() ? connection : undefined
  }
  const at = async (address: Address, lane: string): Promise<Connection> => {
    const name = nameOf(address, lane)
    const dialled = open.get(name)
    const connection = await dialled?.catch(() => undefined)
    if (connection?.isConnected()) return connection
    // Somebody else dialled meanwhile.
    if (open.get(name) !== dialled) return at(address, lane)
    const dialling = dial(address, requestTimeoutMs)
    open.set(name, dialling)
    const dialed = await dialling
    ready.set(name, dialed)
    return dialed
  }

  const borrow = async (address: Address) => {
    const name = `${address.host}:${address.port}`
    const kept = idle.get(name) ?? []
    idle.set(name, kept)
    let connection = kept.pop()
    while (connection && !connection.isConnected()) connection = kept.pop()
    const own = connection ?? (await dial(address, joinTimeoutMs))
    const giveBack = () => {
      if (own.isConnected() && kept.length < mostIdle && !closed) kept.push(own)
      else void own.close().catch(() => {})
    }
    return { connection: own, giveBack }
  }

  const close = () => {
    closed = true
    for (const connection of living) connection.close().catch(() => {})
  }
  return { at, opened, borrow, close }
}
