import { Email, Id } from '@kontora/validation'
import * as v from 'valibot'

/** `client` did not answer, or not as agreed. Holds no value of the question or the answer. */
export class ClientFault extends Error {
  readonly code: string

  constructor(code: string) {
    super(`client: ${code}`)
    this.name = 'ClientFault'
    this.code = code
  }
}

export type KnownUser = { userId: string; blocked: boolean }

/** The master of users and addresses. Every call may throw `ClientFault`. */
export type Directory = {
  resolve: (email: string) => Promise<KnownUser | undefined>
  /** Where this person is written to now; undefined for whoever is blocked or has none. */
  addressOf: (userId: string) => Promise<string | undefined>
  /** Repeating it with the same key gives the same user. */
  register: (email: string, locale: string, key: string) => Promise<{ userId: string }>
}

type Options = { url: string; ask: typeof fetch; token: () => Promise<string> }
type Call = { path: string; body: object; timeoutMs: number; key?: string }

const Resolved = v.object({ userId: v.nullish(Id), blocked: v.nullish(v.boolean()) })
const People = v.object({ people: v.array(v.object({ userId: Id, email: Email })) })
const Registered = v.object({ userId: Id })

export const createDirectory = (options: Options): Directory => ({
  resolve: async (email) => {
    const response = await post(options, { path: '/v1/addresses/resolve', body: { email }, timeoutMs: 300 })
    if (response.status === 404) return undefined
    const { userId, blocked } = await read(response, Resolved)
    return userId ? { userId, blocked: blocked ?? false } : undefined
  },
  addressOf: async (userId) => {
    const body = { userIds: [userId] }
    const { people } = await read(
      await post(options, { path: '/v1/addresses/read', body, timeoutMs: 3000 }),
      People,
    )
    return people.find((one) => one.userId === userId)?.email
  },
  register: async (email, locale, key) =>
    read(
      await post(options, { path: '/v1/addresses/register', body: { email, locale }, timeoutMs: 3000, key }),
      Registered,
    ),
})

const post = async (
  { url, ask, token }: Options,
  { path, body, timeoutMs, key }: Call,
): Promise<Response> => {
  const headers = {
    authorization: `Bearer ${await token()}`,
    'content-type': 'application/json',
    ...(key && { 'idempotency-key': key }),
  }
  const signal = AbortSignal.timeout(timeoutMs)
  return ask(`${url}${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
    signal,
    redirect: 'manual',
  }).catch(() => {
    throw new ClientFault('no answer')
  })
}

const read = async <Schema extends v.GenericSchema>(
  response: Response,
  schema: Schema,
): Promise<v.InferOutput<Schema>> => {
  if (!response.ok) throw new ClientFault(`status ${response.status}`)
  const answer = v.safeParse(schema, await response.json().catch(() => undefined))
  if (!answer.success) throw new ClientFault('an answer of another shape')
  return answer.output
}
