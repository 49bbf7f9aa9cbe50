import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { takeFault } from '../frame/faults.ts'
import { addEntry } from '../frame/journal.ts'
import { createSimulator, type Env, type Simulator } from '../frame/simulator.ts'
import type { Store } from '../frame/store.ts'
import { base, operationOf, readAddress } from './address.ts'
import { answerRead } from './answer-read.ts'
import { answerWrite } from './answer-write.ts'
import { isSignedIn, signInAnswer } from './basic-sign-in.ts'
import { createTables } from './entity-store.ts'
import { outsideView } from './outside-view.ts'
import { readFormat } from './read-query.ts'
import { Refusal, refusalAnswer } from './refusal.ts'
import { plantSeed } from './seed.ts'
import { answerService, serviceBase, serviceOperation } from './service/answer-service.ts'
import { createManualSessions } from './service/manual-sessions.ts'
import { createResourceTable } from './service/resource-store.ts'
import { readSettings } from './settings.ts'
import { createSessions, type Sessions } from './take-session.ts'

export type OneCOptions = {
  store?: string | undefined
  user?: string | undefined
  password?: string | undefined
  now?: () => Date
}

const callOf = (method: string, url: string): string | undefined =>
  operationOf(method, url) ?? serviceOperation(method, url)

/**
 * Stands in for 1С:Бухгалтерия 3.0: its standard OData interface, and an HTTP service that the customer's programmer wrote by
 * our contract. Knows nothing of our code.
 */
export const createOneCSimulator = (options: OneCOptions = {}): Simulator => {
  const { user = process.env.ONEC_SIM_USER ?? 'Обмен', now = () => new Date() } = options
  const password = options.password ?? process.env.ONEC_SIM_PASSWORD ?? 'simulator'
  const simulator = createSimulator('one-c', options, (c) => callOf(c.req.method, c.req.url))
  const { store } = simulator
  createTables(store)
  createResourceTable(store)
  plantSeed(store)
  simulator.app.route('/_sim', outsideView(store))
  simulator.app.all(`${base}*`, async (c) => {
    if (!isSignedIn(c.req.header('authorization'), user, password)) return signInAnswer()
    return answer(c, simulator, now())
  })
  simulator.app.all(`${serviceBase}*`, async (c) => {
    if (!isSignedIn(c.req.header('authorization'), user, password)) return signInAnswer()
    return answerService(c, store, now())
  })
  const app = new Hono<Env>()
  const pool = createSessions()
  app.use(`${base}*`, inSession(simulator, pool))
  app.use(`${serviceBase}*`, inServiceSession(simulator, pool, now))
  app.route('/', simulator.app)
  return { ...simulator, app }
}

const answer = async (c: Context<Env>, { store }: Simulator, now: Date): Promise<Response> => {
  const format = readFormat(c.req.url, c.req.header('accept'))
  try {
    const address = readAddress(c.req.url)
    const fault = takeFault(store, operationOf(c.req.method, c.req.url) ?? '', ['refusal', 'bom'])
    if (fault?.kind === 'refusal')
      throw new Refusal('-1', 'Отказ конфигурации: обработчик не разрешил запись')
    const answered =
      c.req.method === 'GET'
        ? answerRead(store, c.req.url, address, format)
        : await answerWrite(c, store, address, format, now)
    return fault ? await withByteOrderMark(answered) : answered
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    c.set('journal', { code: error.code, message: error.message })
    return refusalAnswer(error, format.json)
  }
}

const withByteOrderMark = async (answered: Response): Promise<Response> =>
  new Response(`\uFEFF${await answered.text()}`, answered)

/** Around the faults too: a call that hangs keeps its session from the others. */
const inSession =
  ({ store }: Simulator, pool: Sessions): MiddlewareHandler<Env> =>
  async (c, next) => {
    const { sessions: limit, sessionWaitMs } = readSettings(store)
    if (!(await pool.take(limit, sessionWaitMs))) return refuseSession(c, store)
    try {
      await next()
    } finally {
      pool.release()
    }
    asPage(c)
  }

/** As the service is published: a pool as for OData, or sessions that the caller starts and finishes. */
const inServiceSession = (simulator: Simulator, pool: Sessions, now: () => Date): MiddlewareHandler<Env> => {
  const { store } = simulator
  const inPool = inSession(simulator, pool)
  const manual = createManualSessions(pool)
  return async (c, next) => {
    const settings = readSettings(store)
    if (settings.reuseSessions !== 'use') return inPool(c, next)
    const refused = await manual.serve(c, settings, now().getTime(), next)
    if (refused?.status === 406) return refuseSession(c, store)
    if (refused) return refused
    asPage(c)
  }
}

const refuseSession = (c: Context<Env>, store: Store): Response => {
  const operation = callOf(c.req.method, c.req.url) ?? '?'
  addEntry(store, { operation, method: c.req.method, path: c.req.path, status: 406, details: {} })
  return c.text('Not Acceptable: нет свободных сеансов', 406)
}

/** What the frame answered in words comes as the page of a web server; an exception in 1С's own code stays text. */
const asPage = (c: Context<Env>): void => {
  const isWords = c.res.headers.get('content-type')?.startsWith('text/plain')
  const isException = c.res.status === 500 && 'exception' in (c.get('journal') ?? {})
  if (c.res.status >= 400 && isWords && !isException)
    c.res = c.html(errorPage(c.res.status), c.res.status as 503)
}

/** What breaks outside 1C is answered by the web server, in its own format. */
const errorPage = (status: number): string =>
  `<html><head><title>${status} Error</title></head><body><center><h1>${status} Error</h1></center><hr><center>nginx</center></body></html>`
