import { embedded } from '../../stack/local-settings.ts'
import { serviceEnv } from '../../stack/parts/service-env.ts'
import { readSecrets } from '../../stack/secrets.ts'
import { freeBlock } from '../../stack/story/free-block.ts'
import { runStack } from '../../stack/story/own-stack.ts'
import { openWorld } from '../../stack/story/world.ts'
import { freePort } from '../../testing/index.ts'
import { runAuth } from '../auth-process.ts'

/** Everything that `start` starts, with a second instance of `auth` that believes its proxy, as one behind a balancer does. */
export const openWholeStack = async () => {
  const stack = await runStack(await freeBlock())
  const { place } = stack
  const secrets = await readSecrets(place)
  const postgresUrl = embedded(place)
  const world = await openWorld({ place, repeatForMs: 0, patienceMs: 20_000 })
  const limits = {
    ...{ TRUSTED_PROXIES: '127.0.0.1', CODES_PER_NETWORK_HOUR: '20', GUESSES_PER_NETWORK_HOUR: '60' },
    SLOT: '1',
  }
  const runSecond = async () =>
    runAuth({ ...serviceEnv(place, 'auth', secrets, { postgresUrl }), ...limits }, await freePort())
  return { world, place, secrets, postgresUrl, runSecond, stop: stack.stop }
}
export type WholeStack = Awaited<ReturnType<typeof openWholeStack>>
