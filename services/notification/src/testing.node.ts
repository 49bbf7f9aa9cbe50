import { createTestAccess } from '@kontora/access/testing'
import { authCodeRequested, consume, type EventType } from '@kontora/events'
import { createHealth, createLog, realChance } from '@kontora/service'
import { simulators } from '@kontora/simulators'
import { testDatabase } from '@kontora/testing'
import { base64url, CompactEncrypt, importJWK, type JWK } from 'jose'
import { createPeople } from './client/client.ts'
import { consumers } from './consumers.ts'
import { currentLetterKeys } from './keys/make-letter-key.ts'
import { migrations } from './migrations.node.ts'
import { createPayLinks } from './payment/client.ts'
import { createResend } from './resend/client.ts'
import type { Resources } from './resources.ts'
import { createSeal } from './sealing/seal.ts'

type Known = { userId: string; email: string; displayName: string | null; locale: string }
type Fault = { operation?: string; kind: string; times?: number; status?: number; delayMs?: number }
export type SentLetter = {
  id: string
  to: string[]
  subject: string
  html: string
  text: string
  idempotencyKey: string
}

export const webhookSecret = `whsec_${btoa('a secret of thirty-two bytes ...')}`

/** `client` as its contract says: whom it does not know, or keeps back, it leaves out. */
const openClient = () => {
  const people = new Map<string, Known>()
  const asked: string[][] = []
  const fault = { status: 0 }
  const answer = async (_: string, init: RequestInit): Promise<Response> => {
    if (fault.status > 0) return new Response('away', { status: fault.status })
    const { userIds } = JSON.parse(String(init.body)) as { userIds: string[] }
    asked.push(userIds)
    return Response.json({ people: userIds.flatMap((userId) => people.get(userId) ?? []) })
  }
  const add = (locale: string, displayName: string | null = 'Анна', email?: string): Known => {
    const userId = crypto.randomUUID()
    const person = { userId, email: email ?? `person-${userId.slice(0, 8)}@example.ru`, displayName, locale }
    people.set(userId, person)
    return person
  }
  return { people, asked, fault, answer, add }
}

export const pagesUrl = 'https://pay.kontora.example/payment'

/** `payment` as its contract says: what is not to be paid it leaves out. */
const openPayment = () => {
  const links = new Map<string, string>()
  const fault = { status: 0 }
  const answer = async (_: string, init: RequestInit): Promise<Response> => {
    if (fault.status > 0) return new Response('away', { status: fault.status })
    const { invoiceIds } = JSON.parse(String(init.body)) as { invoiceIds: string[] }
    const known = invoiceIds.flatMap((invoiceId) => {
      const url = links.get(invoiceId)
      return url ? [{ invoiceId, url }] : []
    })
    return Response.json({ links: known })
  }
  return { links, fault, answer }
}

/** The whole service without its doors: real Postgres, Resend's simulator behind HTTP, a clock of our own. */
export const openTestNotification = async (options: { resendKey?: string; timeoutMs?: number } = {}) => {
  const database = await testDatabase({ name: 'notification', migrations })
  const resend = simulators.resend({ key: 're_test' })
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: (request) => resend.app.fetch(request) })
  const client = openClient()
  const payment = openPayment()
  const clock = { time: new Date() }
  const lines: string[] = []
  const chance = { ...realChance(), now: () => clock.time }
  const { sql } = database
  const access = await createTestAccess({ sql, now: chance.now, service: 'notification' })
  const resources: Resources & { sql: typeof sql } = {
    ...chance,
    sql,
    log: createLog('notification', chance.now, (line) => lines.push(line)),
    health: createHealth(),
    access: access.access,
    verifyToken: access.verifyToken,
    seal: createSeal(base64url.encode(new Uint8Array(32).fill(7)), chance.random),
    mail: createResend({
      url: server.url.href,
      key: options.resendKey ?? 're_test',
      now: chance.now,
      timeoutMs: options.timeoutMs ?? 300,
    }),
    people: createPeople({ url: 'http://client', token: async () => 'token', fetch: client.answer }),
    payLinks: createPayLinks({
      url: 'http://payment',
      pagesUrl,
      token: async () => 'token',
      fetch: payment.answer,
    }),
    webhookSecret,
    mailFrom: 'Kontora <letters@kontora.example>',
    portalUrl: 'https://portal.kontora.example/',
  }
  return {
    ...database,
    resources,
    access,
    client,
    payment,
    resend,
    resendUrl: server.url.href,
    lines,
    clock,
    pass: (seconds: number) => {
      clock.time = new Date(clock.time.getTime() + seconds * 1000)
    },
    letters: async (to = ''): Promise<SentLetter[]> => {
      const answer = await resend.app.request(`/_sim/letters?to=${encodeURIComponent(to)}`)
      return ((await answer.json()) as { letters: SentLetter[] }).letters
    },
    journal: async (): Promise<{ operation: string; status: number }[]> =>
      ((await (await resend.app.request('/_sim/journal')).json()) as { entries: never[] }).entries,
    faults: (...faults: Fault[]) =>
      resend.app.request('/_sim/faults', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ faults }),
      }),
    close: async () => {
      await server.stop(true)
      resend.close()
      await database.close()
    },
  }
}
export type TestNotification = Awaited<ReturnType<typeof openTestNotification>>

export const envelopeOf = (type: EventType, subject: string, data: unknown, time: Date) => ({
  specversion: '1.0' as const,
  id: crypto.randomUUID(),
  type: type.type,
  source: type.topic,
  subject,
  time: time.toISOString(),
  dataschema: `urn:kontora:${type.type}:1`,
  data,
})

/** To every handler that hears this event, as the consumer would; `times` is how often the wire brings it. */
export const hear = async (
  { resources, clock }: TestNotification,
  type: EventType,
  subject: string,
  data: unknown,
  times = 1,
): Promise<string[]> => {
  const envelope = envelopeOf(type, subject, data, clock.time)
  const outcomes: string[] = []
  for (let copy = 0; copy < times; copy++)
    for (const handler of consumers.filter(({ event }) => event.type === type.type))
      outcomes.push(
        await consume(resources, handler, envelope, { topic: type.topic, partition: 0, offset: copy }),
      )
  return outcomes
}

export const encryptFor = async (jwk: JWK, content: object): Promise<string> =>
  new CompactEncrypt(new TextEncoder().encode(JSON.stringify(content)))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid: jwk.kid ?? '' })
    .encrypt(await importJWK(jwk, 'ECDH-ES'))

type Code = {
  email: string
  code: string
  locale?: string
  flowId?: string
  seconds?: number
  times?: number
}

export const askForCode = async (notification: TestNotification, code: Code): Promise<string[]> => {
  const [jwk] = await currentLetterKeys(notification.resources)
  const { email, locale = 'ru', flowId = crypto.randomUUID(), seconds = 600, times = 1 } = code
  const expiresAt = new Date(notification.clock.time.getTime() + seconds * 1000).toISOString()
  const letter = await encryptFor(jwk as JWK, { email, code: code.code, locale, expiresAt })
  return hear(notification, authCodeRequested, flowId, { flowId, letter, expiresAt }, times)
}
