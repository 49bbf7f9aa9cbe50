import { connect, createServer, type Socket } from 'node:net'
import type { SeededRandom } from '../../stack/prove/random.ts'

export type Road = {
  port: number
  /** `faults` of a hundred connections are spoilt. */
  faults: (percent: number) => void
  /** Nobody gets through, as when a machine is down. */
  block: (blocked: boolean) => void
  close: () => Promise<void>
}

/** The way from the gateways to the receiver, which loses answers, answers nonsense and is closed at times. */
export const openRoad = async (target: () => number, random: SeededRandom): Promise<Road> => {
  const sockets = new Set<Socket>()
  let percent = 0
  let blocked = false

  const nonsense = (socket: Socket) =>
    socket.once('data', () => socket.end(Buffer.from(Array.from({ length: 200 }, () => random.below(256)))))

  const pass = (socket: Socket, losesAnswer: boolean) => {
    const onward = connect(target(), '127.0.0.1')
    sockets.add(onward)
    onward.on('error', () => {})
    onward.on('close', () => {
      sockets.delete(onward)
      socket.destroy()
    })
    socket.on('close', () => onward.destroy())
    socket.pipe(onward)
    if (losesAnswer) onward.once('data', () => socket.destroy())
    else onward.pipe(socket)
  }

  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    const fate = blocked || random.below(100) < percent ? random.below(3) : undefined
    if (blocked || fate === 0) socket.destroy()
    else if (fate === 1) nonsense(socket)
    else pass(socket, fate === 2)
  })
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    }),
  )
  return {
    port,
    faults: (next) => {
      percent = next
    },
    block: (next) => {
      blocked = next
      if (next) for (const socket of sockets) socket.destroy()
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
