import { join } from 'node:path'
import { migrations } from '../../../services/auth/src/migrations.node.ts'
import { freePort, testDatabase } from '../../testing/index.ts'
import { authSettings, runAuth } from '../auth-process.ts'

const plenty = '10000000'

const runNeighbours = async () => {
  const port = await freePort()
  const child = Bun.spawn([process.execPath, join(import.meta.dir, 'neighbours.ts'), String(port)])
  const url = `http://127.0.0.1:${port}`
  for (let attempt = 0; attempt < 200; attempt++) {
    if ((await fetch(`${url}/keys`).catch(() => undefined))?.ok) return { url, stop: () => child.kill() }
    await Bun.sleep(50)
  }
  child.kill()
  throw new Error('The neighbours do not come up')
}

/** `auth` as a process with its jobs and its relay at work, its neighbours as another; limits of networks are out of the way. */
export const openStand = async () => {
  const { sql, url, close } = await testDatabase({ name: 'auth', migrations })
  const neighbours = await runNeighbours()
  const rates = {
    ...{ CODES_PER_NETWORK_HOUR: plenty, GUESSES_PER_NETWORK_HOUR: plenty },
    ...{ CODES_PER_HOUR: plenty, GUESSES_PER_HOUR: plenty },
  }
  const auth = await runAuth({ ...authSettings(url, neighbours.url), ...rates }, await freePort())
  const untilResolved = async (): Promise<void> => {
    for (;;) {
      const [left] = await sql<{ n: number }[]>`
        select count(*)::integer as n from flows where state = 'resolving'`
      if (left?.n === 0) return
      await Bun.sleep(20)
    }
  }
  /** That nothing was sent to anyone else would make all of this easy. */
  const countSent = async (): Promise<number> => {
    const [sent] = await sql<{ n: number }[]>`
      select count(*)::integer as n from outbox where type = 'auth.code-requested'`
    return sent?.n ?? 0
  }
  const stop = async () => {
    await auth.stop()
    neighbours.stop()
    await close()
  }
  return { url: auth.url, untilResolved, countSent, stop }
}
export type Stand = Awaited<ReturnType<typeof openStand>>
