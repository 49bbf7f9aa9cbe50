const isFree = async (port: number): Promise<boolean> => {
  try {
    await Bun.serve({ hostname: '127.0.0.1', port, fetch: () => new Response() }).stop(true)
    return true
  } catch {
    return false
  }
}

const blockSize = 20

/** The first port of a free block, below the range that the machine hands out by itself. */
export const freeBlock = async (): Promise<number> => {
  for (let port = 20_000; port < 30_000; port += 50) {
    const ports = Array.from({ length: blockSize }, (_, i) => port + i)
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return port
  }
  throw new Error('No free block of ports')
}
