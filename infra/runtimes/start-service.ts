import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '@kontora/testing'
import workerd from 'workerd'
import { bundleDoor } from './bundle-worker.ts'
import { findDeno } from './find-deno.ts'
import { type Running, runService } from './run-service.ts'
import { workerdConfig } from './workerd-config.ts'

const top = join(import.meta.dir, '../..')

type Start = { service: string; settings: Record<string, string>; folder: string }
type StartWorker = Start & { entry?: string }

/** `cronUrl`: asking it pulls the cron trigger. */
export const startWorkerd = async ({ service, settings, folder, entry }: StartWorker) => {
  const [port, cronPort] = [await freePort(), await freePort()]
  const place = join(folder, service)
  mkdirSync(place, { recursive: true })
  await bundleDoor(entry ?? `services/${service}/src/worker.ts`, place)
  const config = join(place, 'worker.capnp')
  writeFileSync(config, workerdConfig('worker.js', Object.keys(settings), { port, cronPort }))
  // Only the cron trigger by request is experimental.
  const running = await runService([workerd, 'serve', '--experimental', config], settings, place, port)
  return { ...running, cronUrl: `http://127.0.0.1:${cronPort}` }
}

export const startDeno = async ({ service, settings, folder }: Start): Promise<Running> => {
  const port = await freePort()
  const flags = ['--no-config', '--no-lock', '--no-prompt', '--no-remote', '--node-modules-dir=manual']
  // Loopback alone: so it is seen that HOST is heeded.
  const rights = ['--allow-net=127.0.0.1', '--allow-env', `--allow-read=${top}`]
  const command = [findDeno(), 'run', ...flags, ...rights, `services/${service}/src/server.ts`]
  const env = { PORT: String(port), DENO_DIR: join(folder, 'deno'), DENO_NO_UPDATE_CHECK: '1' }
  return runService(command, { ...settings, ...env }, top, port)
}

export const startBun = async ({ service, settings }: Start): Promise<Running> => {
  const port = await freePort()
  const command = [process.execPath, '--no-env-file', `services/${service}/src/server.ts`]
  return runService(command, { ...settings, PORT: String(port) }, top, port)
}
