import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPasskey, type Passkey } from '@kontora/simulators/passkey'
import { type TestDatabase, testDatabase } from '@kontora/testing'
import { migrations } from '../../services/auth/src/migrations.node.ts'
import { startOutside } from './start-outside.ts'
import { startBun, startDeno, startWorkerd } from './start-service.ts'
import { testSettings } from './test-settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'kontora-passkeys-'))
const outside = await startOutside()
const database = await testDatabase({ name: 'auth', migrations })
const settings = {
  ...(await testSettings('auth', { folder, databaseUrl: database.url, outsideUrl: outside.url })),
  PASSKEY_RP_ID: 'kontora.example',
  PASSKEY_ORIGINS: 'https://kontora.example',
}
afterAll(async () => {
  outside.stop()
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})

const keep = async ({ sql }: TestDatabase, passkey: Passkey, userId: string) => {
  const row = { id: crypto.randomUUID(), userId, credentialId: passkey.id, publicKey: passkey.publicKey }
  const kept = { counter: 0, transports: sql.json([]), backupEligible: false, backedUp: false }
  await sql`insert into passkeys ${sql({ ...row, ...kept, name: 'Ключ', addedAt: new Date() })}`
}

const post = async (url: string, body: object) => {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: answer.status, body: (await answer.json()) as Record<string, never> }
}

const signIn = async (url: string, passkey: Passkey, userId: string, forged: boolean) => {
  const { body } = await post(`${url}/v1/sign-in/passkey/challenges`, {})
  const { challengeId, challengeSecret, options } = body
  const userHandle = Buffer.from(userId).toString('base64url')
  const credential = await passkey.get(options as never, { userHandle, forged })
  return post(`${url}/v1/sign-in/passkey`, { challengeId, challengeSecret, credential })
}

test.each([
  ['workerd', startWorkerd],
  ['Deno', startDeno],
  ['Bun', startBun],
] as const)(
  'under %s a passkey of either algorithm signs in, and a forged one does not',
  async (_, start) => {
    const started = await start({
      service: 'auth',
      settings: { ...settings, KAFKA_HTTP_URL: outside.kafkaUrl },
      folder,
    })
    try {
      // Whoever is signed in has a key to sign his token with.
      for (const until = Date.now() + 10_000; Date.now() < until; await Bun.sleep(100))
        if ((await fetch(`${started.url}/health/ready`)).ok) break
      for (const algorithm of ['ES256', 'EdDSA'] as const) {
        const passkey = await createPasskey({ algorithm, origin: 'https://kontora.example' })
        const userId = crypto.randomUUID()
        await keep(database, passkey, userId)
        expect((await signIn(started.url, passkey, userId, true)).status).toBe(401)
        const { status, body } = await signIn(started.url, passkey, userId, false)
        expect<unknown[]>([status, body.userId]).toEqual([200, userId])
      }
    } finally {
      await started.kill()
    }
  },
  30_000,
)
