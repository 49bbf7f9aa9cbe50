import { baseOf } from './address.ts'
import { type CallerOptions, createSend, type Request, timeouts } from './caller.ts'
import type { OneCAnswer, OneCRow } from './entity.ts'
import { OneCFault } from './one-c-fault.ts'
import { notFound } from './read-service-answer.ts'
import { type Ask, createSessions, type Sessions } from './service-session.ts'
import { writeServiceBody } from './write-service-body.ts'

export type HttpServiceOptions = CallerOptions & {
  /** The 1С base, or its OData. */
  url: string
  /** `/hs/integration/v1` */
  path: string
  sessions: Sessions
  /** For `X-Request-Id`. */
  newId: () => string
}

/** A resource of ours by its id, or its part; whatever it holds goes as JSON. */
export type ServiceCalls = {
  get: (address: string) => Promise<OneCAnswer | undefined>
  put: (address: string, id: string, body: OneCRow) => Promise<OneCAnswer>
}

export type HttpService = ReturnType<typeof openHttpService>

/** Our own HTTP service in the customer's base, as `http-service.md` tells its programmer. */
export const openHttpService = (options: HttpServiceOptions) => {
  const root = baseOf(options.url) + options.path.replace(/\/+$/, '')
  const headers = (): Record<string, string> => ({ 'x-request-id': options.newId() })
  const reading = (address: string): Request => ({
    method: 'GET',
    url: `${root}/${address}`,
    headers: headers(),
    timeoutMs: timeouts.readMs,
  })
  const inSession = createSessions(createSend(options), options.sessions, () => reading('ping'))

  const callsOf = (ask: Ask): ServiceCalls => ({
    get: async (address) => {
      try {
        return await ask(reading(address))
      } catch (error) {
        if (error instanceof OneCFault && error.code === notFound) return undefined
        throw error
      }
    },
    // One call writes and posts, so it may take as long as posting does.
    put: (address, id, body) =>
      ask({
        method: 'PUT',
        url: `${root}/${address}`,
        body: writeServiceBody(body),
        headers: { ...headers(), 'idempotency-key': id },
        timeoutMs: timeouts.postMs,
      }),
  })

  return {
    /** A piece of work, its calls one after another, in a session of its own where sessions are kept by hand. */
    within: <Result>(work: (calls: ServiceCalls) => Promise<Result>): Promise<Result> =>
      inSession((ask) => work(callsOf(ask))),
    ping: async (): Promise<OneCAnswer> =>
      inSession(async (ask) => {
        const answer = await ask({ ...reading('ping'), once: true })
        if (answer.ok !== true) throw new OneCFault('unavailable', 'not-ok')
        return answer
      }),
  }
}
