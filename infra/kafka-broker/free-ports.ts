import { createServer } from 'node:net'

/** Binding is the only honest test of a port. */
const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

const [first, blocks, size] = [12_000, 800, 10]

/** The first of ten free ports, below the range that the machine hands out by itself: a restart needs the same again. */
export const freePorts = async (): Promise<number> => {
  const begin = Math.floor(Math.random() * blocks)
  for (let i = 0; i < blocks; i++) {
    const port = first + size * ((begin + i) % blocks)
    const ports = Array.from({ length: size }, (_, offset) => port + offset)
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return port
  }
  throw new Error('There are no ten free ports in a row.')
}
