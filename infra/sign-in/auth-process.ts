import { join } from 'node:path'
import { endsWithUs } from '../stack/parts/launch.ts'

const server = join(import.meta.dir, '../../services/auth/src/server.ts')
const secret = 'A'.repeat(43)

/** `lines`: all that it has said, to the log and to its errors. */
export type AuthProcess = { url: string; lines: () => string; stop: () => Promise<void> }

/** Settings of an `auth` whose neighbours all stand at one address. */
export const authSettings = (databaseUrl: string, others: string): Record<string, string> => ({
  ...{ ENVIRONMENT: 'local', HOST: '127.0.0.1', DATABASE_URL: databaseUrl },
  ...{ KAFKA_HTTP_URL: others, KAFKA_HTTP_USER: 'auth', KAFKA_HTTP_PASSWORD: 'x' },
  ...{ AUTH_ISSUER: `${others}/auth`, CLIENT_URL: others, LETTER_KEYS_URL: `${others}/keys` },
  ...{ MACHINE_CLIENTS: '{}', KEY_ENCRYPTION_KEY: secret, CODE_PEPPER: secret },
  ...{ PASSKEY_RP_ID: 'localhost', PASSKEY_ORIGINS: 'http://localhost' },
})

/** `auth` by its own door, until it is ready. */
export const runAuth = async (env: Record<string, string>, port: number): Promise<AuthProcess> => {
  const child = Bun.spawn([...endsWithUs(), process.execPath, '--no-env-file', server], {
    env: { PATH: process.env.PATH ?? '', ...env, PORT: String(port) },
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
  for (let attempt = 0; attempt < 400; attempt++) {
    if ((await fetch(`${url}/health/ready`).catch(() => undefined))?.ok)
      return { url, lines: () => said, stop }
    await Bun.sleep(50)
  }
  child.kill()
  throw new Error(`auth does not become ready\n${said}`)
}
