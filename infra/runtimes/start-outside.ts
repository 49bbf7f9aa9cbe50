import { exportJWK, generateKeyPair, SignJWT } from 'jose'

/** What is around a service here: who signs tokens, who knows payers, and a Kafka over HTTP that acknowledges all that is sent. */
export const startOutside = async () => {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid: 'test', alg: 'EdDSA', use: 'sig' }
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    routes: {
      '/jwks.json': () => Response.json({ keys: [jwk] }),
      '/kafka/produce': { POST: async (request) => Response.json(acknowledged(await request.json())) },
      '/auth/v1/token': {
        POST: async () => Response.json({ access_token: await tokenOf('payment'), expires_in: 300 }),
      },
      '/client/v1/requisites/read': {
        POST: async (request) => Response.json(requisitesOf(await request.json())),
      },
    },
    fetch: () => new Response(null, { status: 404 }),
  })
  const url = `http://127.0.0.1:${server.port}`

  const tokenOf = (userId: string): Promise<string> =>
    new SignJWT({ sub: userId, sid: crypto.randomUUID(), client_id: 'portal' })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: 'test' })
      .setIssuer(`${url}/auth`)
      .setAudience('portal')
      .setIssuedAt()
      .setExpirationTime('5m')
      .setJti(crypto.randomUUID())
      .sign(privateKey)
  /** A token of someone of whom the service has never heard. */
  const tokenOfStranger = () => tokenOf(crypto.randomUUID())

  return { url, kafkaUrl: `${url}/kafka`, tokenOf, tokenOfStranger, stop: () => server.stop(true) }
}

/** One answer a message, in order. */
const acknowledged = (messages: { topic: string; partition?: number }[]) =>
  messages.map(({ topic, partition = 0 }, offset) => ({ topic, partition, offset, timestamp: Date.now() }))

/** What `client` tells of payers. */
const requisitesOf = ({ userIds }: { userIds: string[] }) => ({
  people: userIds.map((userId) => ({
    userId,
    ...{ displayName: 'ООО «Ромашка»', kind: 'company', inn: '7736050003', kpp: '773601001' },
  })),
})
