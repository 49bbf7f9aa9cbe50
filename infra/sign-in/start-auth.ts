import { join } from 'node:path'
import { freePort } from '../testing/index.ts'

/** `lines`: all that it has said, to the log and to its errors. */
export type RunningAuth = { url: string; lines: () => string; stop: () => Promise<void> }

const top = join(import.meta.dir, '../..')
const secret = 'A'.repeat(43)

const common = (databaseUrl: string, others: string) => ({
  ...{ ENVIRONMENT: 'local', HOST: '127.0.0.1', DATABASE_URL: databaseUrl },
  ...{ KAFKA_HTTP_URL: others, KAFKA_HTTP_USER: 'auth', KAFKA_HTTP_PASSWORD: 'x' },
  ...{ AUTH_ISSUER: `${others}/auth`, CLIENT_URL: others, LETTER_KEYS_URL: `${others}/keys` },
  ...{ MACHINE_CLIENTS: '{}', KEY_ENCRYPTION_KEY: secret, CODE_PEPPER: secret },
})

/** `auth` as a process of its own. `others`: where it looks for everybody else. */
export const startAuth = async (
  { databaseUrl, others }: { databaseUrl: string; others: string },
  own: Record<string, string>,
): Promise<RunningAuth> => {
  const port = await freePort()
  const env = { ...common(databaseUrl, others), ...own, PORT: String(port) }
  const command = [process.execPath, '--no-env-file', join(top, 'services/auth/src/server.ts')]
  const child = Bun.spawn(command, {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  let said = ''
  const listen = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder()
    for await (const chunk of stream) said += decoder.decode(chunk, { stream: true })
  }
  const heard = Promise.all([listen(child.stdout), listen(child.stderr)])
  const url = `http://127.0.0.1:${port}`
  const stop = async () => {
    child.kill('SIGTERM')
    await child.exited
    await heard
  }
  for (let attempt = 0; attempt < 200; attempt++) {
    if ((await fetch(`${url}/health/ready`).catch(() => undefined))?.ok)
      return { url, lines: () => said, stop }
    await Bun.sleep(50)
  }
  child.kill()
  throw new Error('auth does not become ready')
}
