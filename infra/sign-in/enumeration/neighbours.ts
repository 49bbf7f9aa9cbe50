import { exportJWK, generateKeyPair } from 'jose'
import { kindOf } from './address.ts'

// All whom `auth` talks to, in a process of their own: `client`, `notification`'s keys, and a Kafka that takes everything.

const { publicKey } = await generateKeyPair('ECDH-ES', { extractable: true })
const letterKey = { ...(await exportJWK(publicKey)), kid: 'letter-1', use: 'enc' }

const userIdOf = (email: string): string => {
  const hex = new Bun.CryptoHasher('sha256').update(email).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const resolve = async (request: Request): Promise<Response> => {
  const { email } = (await request.json()) as { email: string }
  const kind = kindOf(email)
  if (kind === 'unknown') return Response.json({ userId: null, blocked: null })
  return Response.json({ userId: userIdOf(email), blocked: kind === 'blocked' })
}

const produce = async (request: Request): Promise<Response> => {
  const body = (await request.json()) as { topic: string }[] | { topic: string }
  const messages = Array.isArray(body) ? body : [body]
  return Response.json(
    messages.map(({ topic }) => ({ topic, partition: 0, offset: 0, timestamp: Date.now() })),
  )
}

Bun.serve({
  hostname: '127.0.0.1',
  port: Number(process.argv[2]),
  fetch: (request) => {
    const { pathname } = new URL(request.url)
    if (pathname === '/v1/addresses/resolve') return resolve(request)
    if (pathname === '/keys') return Response.json({ keys: [letterKey] })
    if (pathname.startsWith('/produce')) return produce(request)
    return Response.json([])
  },
})
