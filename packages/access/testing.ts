import { partitions } from '@kontora/events'
import type { Sql } from '@kontora/postgres'
import { createTokenVerifier } from '@kontora/service'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { accessFromTables } from './read-model.ts'
import { acr } from './second-proof.ts'

const issuer = 'https://auth.test'

/**
 * Identities for a service's tests: real tokens, a real read model in the test's own database, no memory in between.
 * `audience` is the portal for people; machines' tokens are for `service`.
 */
export const createTestAccess = async ({
  sql,
  now,
  service,
}: {
  sql: Sql
  now: () => Date
  service: string
}) => {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true })
  const sign = (claims: Record<string, unknown>, audience: string) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: 'test' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt(Math.floor(now().getTime() / 1000))
      .setExpirationTime(Math.floor(now().getTime() / 1000) + 300)
      .setJti(crypto.randomUUID())
      .sign(privateKey)

  /** Keeps the feed of revocations young: the read model has just heard from everyone. */
  const beat = async () => {
    const rows = ['auth', 'client'].flatMap((topic) =>
      Array.from({ length: partitions }, (_, partition) => ({ topic, partition, beatAt: now() })),
    )
    await sql`insert into access_feeds ${sql(rows)} on conflict (topic, partition) do update set beat_at = excluded.beat_at`
  }
  await beat()

  return {
    beat,
    jwk: await exportJWK(publicKey),
    access: accessFromTables(sql, now),
    verifyToken: createTokenVerifier({
      issuer,
      audience: ['portal', service],
      key: async () => publicKey,
      now,
    }),
    /** With a fresh second proof, unless `claims` say otherwise. */
    tokenFor: (userId: string, sessionId: string = crypto.randomUUID(), claims: object = {}) => {
      const proof = { auth_time: Math.floor(now().getTime() / 1000), acr: acr.secondProof }
      return sign({ sub: userId, sid: sessionId, client_id: 'portal', ...proof, ...claims }, 'portal')
    },
    machineToken: (name: string) => sign({ sub: name, client_id: name }, service),
    /** Gives this person these permissions and no other. */
    allow: async (userId: string, permissions: string[]) => {
      const roleId = crypto.randomUUID()
      await sql`insert into access_roles ${sql({ roleId, version: 1, permissions: sql.json(permissions), includes: sql.json([]) })}`
      const grants = sql.json([{ roleId, scope: null, expiresAt: null }])
      await sql`
        insert into access_grants ${sql({ userId, version: 1, grants })}
        on conflict (user_id) do update set grants = excluded.grants`
    },
    block: async (userId: string) => {
      await sql`insert into access_blocks (user_id, version, blocked, changed) values (${userId}, 1, true, pg_current_xact_id())`
    },
  }
}
