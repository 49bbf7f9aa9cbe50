import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { addEntry } from '../frame/journal.ts'
import { createSimulator, type Env, type Simulator } from '../frame/simulator.ts'
import { base, operationOf, readAddress } from './address.ts'
import { answerRead } from './answer-read.ts'
import { answerWrite } from './answer-write.ts'
import { isSignedIn, signInAnswer } from './basic-sign-in.ts'
import { createTables } from './entity-store.ts'
import { outsideView } from './outside-view.ts'
import { readFormat } from './read-query.ts'
import { Refusal, refusalAnswer } from './refusal.ts'
import { plantSeed } from './seed.ts'
import { readSettings } from './settings.ts'
import { createSessions } from './take-session.ts'

export type OneCOptions = {
  store?: string | undefined
  user?: string | undefined
  password?: string | undefined
  now?: () => Date
}

/** Stands in for the standard OData interface of 1С:Бухгалтерия 3.0. Knows nothing of our code. */
export const createOneCSimulator = (options: OneCOptions = {}): Simulator => {
  const { user = process.env.ONEC_SIM_USER ?? 'Обмен', now = () => new Date() } = options
  const password = options.password ?? process.env.ONEC_SIM_PASSWORD ?? 'simulator'
  const simulator = createSimulator('one-c', options, (c) => operationOf(c.req.method, c.req.url))
  const { store } = simulator
  createTables(store)
  plantSeed(store)
  simulator.app.route('/_sim', outsideView(store))
  simulator.app.all(`${base}*`, async (c) => {
    if (!isSignedIn(c.req.header('authorization'), user, password)) return signInAnswer()
    return answer(c, simulator, now())
  })
  const app = new Hono<Env>()
  app.use(`${base}*`, inSession(simulator))
  app.route('/', simulator.app)
  return { ...simulator, app }
}

const answer = async (c: Context<Env>, { store }: Simulator, now: Date): Promise<Response> => {
  const format = readFormat(c.req.url, c.req.header('accept'))
  try {
    const address = readAddress(c.req.url)
    if (c.req.method === 'GET') return answerRead(store, c.req.url, address, format)
    return await answerWrite(c, store, address, format, now)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    c.set('journal', { code: error.code, message: error.message })
    return refusalAnswer(error, format.json)
  }
}

/** Around the faults too: a call that hangs keeps its session from the others. */
const inSession = ({ store }: Simulator): MiddlewareHandler<Env> => {
  const sessions = createSessions()
  return async (c, next) => {
    const { sessions: limit, sessionWaitMs } = readSettings(store)
    if (!(await sessions.take(limit, sessionWaitMs))) {
      const operation = operationOf(c.req.method, c.req.url) ?? '?'
      addEntry(store, { operation, method: c.req.method, path: c.req.path, status: 406, details: {} })
      return c.text('Not Acceptable: нет свободных сеансов', 406)
    }
    try {
      await next()
    } finally {
      sessions.release()
    }
    if (c.res.status >= 400 && c.res.headers.get('content-type')?.startsWith('text/plain'))
      c.res = c.html(errorPage(c.res.status), c.res.status as 503)
  }
}

/** What breaks outside 1C is answered by the web server, in its own format. */
const errorPage = (status: number): string =>
  `<html><head><title>${status} Error</title></head><body><center><h1>${status} Error</h1></center><hr><center>nginx</center></body></html>`
