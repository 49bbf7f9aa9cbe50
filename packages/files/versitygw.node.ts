import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const version = 'v1.8.0'
const tools = join(import.meta.dir, '../../.tools')
const program = join(tools, 'versitygw')

export type RealServer = { endpoint: string; accessKey: string; secretKey: string; stop: () => Promise<void> }

/** A real S3 server on a free port over a temporary folder; built with Go the first time, which takes minutes. */
export const startVersitygw = async (): Promise<RealServer> => {
  if (!existsSync(program)) await build()
  const dir = await mkdtemp(join(tmpdir(), 'kontora-versitygw-'))
  for (const name of ['objects', 'sidecar']) await mkdir(join(dir, name))
  const [accessKey, secretKey] = ['test-access', randomUUID()]
  for (let attempt = 1; ; attempt++) {
    const port = freePort()
    const child = Bun.spawn(
      [
        program,
        '--port',
        `127.0.0.1:${port}`,
        '--region',
        'us-east-1',
        '--quiet',
        '--health',
        '/healthz',
      ].concat(['posix', '--sidecar', join(dir, 'sidecar'), join(dir, 'objects')]),
      {
        env: { ROOT_ACCESS_KEY: accessKey, ROOT_SECRET_KEY: secretKey },
        stdout: 'ignore',
        stderr: 'inherit',
      },
    )
    const stop = async (): Promise<void> => {
      child.kill('SIGKILL')
      await child.exited
      await rm(dir, { recursive: true, force: true })
    }
    const endpoint = `http://127.0.0.1:${port}`
    if (await answers(`${endpoint}/healthz`, () => child.exitCode !== null))
      return { endpoint, accessKey, secretKey, stop }
    if (attempt === 3) {
      await stop()
      throw new Error('versitygw did not start')
    }
    child.kill('SIGKILL')
  }
}

const build = async (): Promise<void> => {
  if (!Bun.which('go')) throw new Error('test:s3 needs Go to build versitygw')
  const module = `github.com/versity/versitygw/cmd/versitygw@${version}`
  const child = Bun.spawn(['env', `GOBIN=${tools}`, 'go', 'install', module], {
    stdout: 'inherit',
    stderr: 'inherit',
  })
  if ((await child.exited) !== 0) throw new Error('versitygw could not be built')
}

const freePort = (): number => {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: () => {} } })
  const { port } = listener
  listener.stop(true)
  return port
}

const answers = async (url: string, ended: () => boolean): Promise<boolean> => {
  for (let tries = 0; tries < 200 && !ended(); tries++) {
    const response = await fetch(url).catch(() => undefined)
    if (response?.ok) return true
    await Bun.sleep(25)
  }
  return false
}
