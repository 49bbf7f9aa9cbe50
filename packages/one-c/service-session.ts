import type { Request, Send } from './caller.ts'
import type { OneCAnswer } from './entity.ts'
import { isOwnRefusal, readServiceAnswer } from './read-service-answer.ts'

export type Ask = (request: Request) => Promise<OneCAnswer>
type Told = { status: number; text: string; response: Response; cookie: string | undefined }

const cookieOf = ({ headers }: Response): string | undefined =>
  /(?:^|[,\s])ibsession=([^;,\s]+)/i.exec(headers.get('set-cookie') ?? '')?.[1]

const tell = async (response: Response): Promise<Told> => ({
  status: response.status,
  text: await response.text(),
  response,
  cookie: cookieOf(response),
})

const bare =
  (send: Send): Ask =>
  async (request) => {
    const { response, text } = await send(request, tell)
    return readServiceAnswer(response, text)
  }

/** 400 is what 1С says of a session that it does not know, or no more. */
const isLost = ({ status, text }: Told): boolean => status === 400 && !isOwnRefusal(text)

/** One session of 1С for one piece of work, in which calls come one after another: it is never shared. */
const openSession = (send: Send) => {
  let cookie: string | undefined
  const headersOf = (mark?: string) => ({
    ...(mark && { ibsession: mark }),
    ...(cookie !== undefined && { cookie: `ibsession=${cookie}` }),
  })
  const askOnce = async (request: Request): Promise<Told> => {
    const headers = { ...request.headers, ...headersOf(cookie === undefined ? 'start' : undefined) }
    const told = await send({ ...request, headers }, tell)
    cookie = told.cookie ?? cookie
    return told
  }
  return {
    ask: async (request: Request): Promise<OneCAnswer> => {
      let told = await askOnce(request)
      if (isLost(told) && cookie !== undefined) {
        cookie = undefined
        told = await askOnce(request)
      }
      return readServiceAnswer(told.response, told.text)
    },
    /** A session that is not finished lives on for seconds, and keeps its place in the pool from others. */
    finish: async (ping: Request): Promise<void> => {
      if (cookie === undefined) return
      const headers = { ...ping.headers, ...headersOf('finish') }
      await send({ ...ping, headers }, tell).catch(() => {})
    },
  }
}

export type Sessions = 'auto' | 'manual'
export type InSession = <Result>(work: (ask: Ask) => Promise<Result>) => Promise<Result>

/** `auto`: 1С keeps a pool and needs no word of ours. `manual`: start, cookie, finish, whatever the work comes to. */
export const createSessions = (send: Send, sessions: Sessions, ping: () => Request): InSession => {
  if (sessions === 'auto') return (work) => work(bare(send))
  return async (work) => {
    const session = openSession(send)
    try {
      return await work(session.ask)
    } finally {
      await session.finish(ping())
    }
  }
}
