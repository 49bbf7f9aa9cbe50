export const isFree = async (port: number): Promise<boolean> => {
  try {
    await Bun.serve({ hostname: '127.0.0.1', port, fetch: () => new Response() }).stop(true)
    return true
  } catch {
    return false
  }
}

const blockSize = 20
const [first, blocks, step] = [20_000, 200, 50]

/** The first port of a free block, below the range that the machine hands out by itself; two who look at once seldom meet. */
export const freeBlock = async (): Promise<number> => {
  const begin = Math.floor(Math.random() * blocks)
  for (let i = 0; i < blocks; i++) {
    const port = first + step * ((begin + i) % blocks)
    const ports = Array.from({ length: blockSize }, (_, offset) => port + offset)
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return port
  }
  throw new Error('No free block of ports')
}
