import { Webhook } from 'standardwebhooks'
import type { Message } from '../log/message-log.ts'
import { openGateway } from '../test-stand.node.ts'
import { createPush } from './create-push.ts'
import { createSeal, makeSecret } from './secret.ts'

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))
export const pushKey = Buffer.from(random(32)).toString('base64url')
export const seal = createSeal(pushKey)
export const newSecret = () => makeSecret(random)

export type Posted = { at: number; id: string; timestamp: string; signatures: string[]; messages: Message[] }
type Answer = (posted: Posted) => Response | Promise<Response>

const isSignedWith = (secret: string, { headers }: Request, body: string): boolean => {
  try {
    new Webhook(secret).verify(body, Object.fromEntries(headers))
    return true
  } catch {
    return false
  }
}

/** Whoever is posted to: keeps what is signed with a secret of `secrets`, answers as it is told. */
export const openReceiver = (secrets: string[]) => {
  const posts: Posted[] = []
  const unsigned: string[] = []
  let answer: Answer = () => new Response(null, { status: 204 })
  const serve = (port: number) =>
    Bun.serve({
      port,
      hostname: '127.0.0.1',
      fetch: async (request) => {
        const body = await request.text()
        if (!secrets.some((secret) => isSignedWith(secret, request, body))) unsigned.push(body)
        const posted = {
          at: performance.now(),
          id: request.headers.get('webhook-id') ?? '',
          timestamp: request.headers.get('webhook-timestamp') ?? '',
          signatures: (request.headers.get('webhook-signature') ?? '').split(' '),
          messages: JSON.parse(body) as Message[],
        }
        posts.push(posted)
        return answer(posted)
      },
    })
  let server = serve(0)
  const port = server.port ?? 0
  return {
    url: `http://127.0.0.1:${port}/events`,
    posts,
    unsigned,
    secrets,
    answer: (next: Answer) => {
      answer = next
    },
    die: () => server.stop(true),
    rise: () => {
      server = serve(port)
    },
    stop: () => server.stop(true),
  }
}

/** A gateway with its pushes, as another process would be. */
export const openPushGateway = (
  url: string,
  targets: string[],
  { mostFailures = 300, timeoutMs = 2000 } = {},
) => {
  const gateway = openGateway(url)
  const { resources } = gateway
  const alarms: string[] = []
  const log = {
    ...resources.log,
    error: (event: string, fields?: object) => void alarms.push(JSON.stringify({ event, ...fields })),
  }
  const push = createPush({
    ...resources,
    log,
    seal,
    targets,
    timeoutMs,
    mostFailures,
    sessionTimeoutMs: () => 10_000,
  })
  push.start()
  const stop = async () => {
    await push.stop()
    await gateway.stop()
  }
  return { ...gateway, alarms, stop }
}
