import { exportJWK, generateKeyPair, SignJWT } from 'jose'

/** What is around a service here: who signs tokens, and a Kafka over HTTP that acknowledges all that is sent. */
export const startOutside = async () => {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid: 'test', alg: 'EdDSA', use: 'sig' }
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    routes: {
      '/jwks.json': () => Response.json({ keys: [jwk] }),
      '/kafka/produce': { POST: async (request) => Response.json(acknowledged(await request.json())) },
    },
    fetch: () => new Response(null, { status: 404 }),
  })
  const url = `http://127.0.0.1:${server.port}`

  /** A token of someone of whom the service has never heard. */
  const tokenOfStranger = () =>
    new SignJWT({ sub: crypto.randomUUID(), sid: crypto.randomUUID(), client_id: 'portal' })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: 'test' })
      .setIssuer(`${url}/auth`)
      .setAudience('portal')
      .setIssuedAt()
      .setExpirationTime('5m')
      .setJti(crypto.randomUUID())
      .sign(privateKey)

  return { url, kafkaUrl: `${url}/kafka`, tokenOfStranger, stop: () => server.stop(true) }
}

/** One answer a message, in order. */
const acknowledged = (messages: { topic: string; partition?: number }[]) =>
  messages.map(({ topic, partition = 0 }, offset) => ({ topic, partition, offset, timestamp: Date.now() }))
