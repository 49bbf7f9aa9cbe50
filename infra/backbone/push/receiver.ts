import { createPushReceiver, retryParked } from '@kontora/events'
import { connect } from '@kontora/postgres'
import { createLog } from '@kontora/service'
import { type SeededRandom, seededRandom } from '../../stack/prove/random.ts'
import { ledgerHandlers, type ReaderResources } from './ledger.ts'

// A receiver that is wrong on purpose, as a process of its own: `faults` of a hundred posts are answered wrongly, slowly or late.

const { DATABASE_URL = '', PORT = '0', SECRETS = '', SEED = '1', FAULTS = '0' } = process.env
const sql = connect(DATABASE_URL, { max: 5 })
const now = () => new Date()
const log = createLog('reader', now, () => {})
const resources = { sql, now, newId: () => crypto.randomUUID(), log }
const handlers = ledgerHandlers(sql)
const receive = createPushReceiver<ReaderResources>({
  service: 'reader',
  secrets: SECRETS.split(','),
  handlers,
})
const random = seededRandom(Number(SEED))
let percent = Number(FAULTS)

type Recorded = { headers: Record<string, string>; body: string }
const recorded: Recorded[] = []
/** Some of all: the first ones and the last ones. */
const mostRecorded = 40
const record = (one: Recorded) => {
  if (recorded.length === mostRecorded) recorded.splice(mostRecorded / 2, 1)
  recorded.push(one)
}

const take = async (headers: Headers, body: string): Promise<Response> => {
  const request = new Request('http://reader/events', { method: 'POST', headers, body })
  const answer = await receive(request, resources)
  if (answer.status === 204) record({ headers: Object.fromEntries(headers), body })
  return answer
}

type Fault = (headers: Headers, body: string, random: SeededRandom) => Promise<Response>
const wrong = (status: number, headers = {}): Fault => {
  return async () => new Response('wrong '.repeat(2000), { status, headers })
}
const faults: Fault[] = [
  wrong(400),
  wrong(404),
  wrong(500),
  wrong(503, { 'retry-after': '1' }),
  wrong(302, { location: '/elsewhere' }),
  wrong(429, { 'retry-after': 'soon' }),
  async (headers, body, random) => {
    await Bun.sleep(50 + random.below(400))
    return take(headers, body)
  },
  // Too late for the gateway, which posts it again meanwhile.
  async (headers, body) => {
    await Bun.sleep(1700)
    return take(headers, body)
  },
  async (headers, body) => {
    await take(headers, body)
    return new Response(null, { status: 500 })
  },
]

const events = async (request: Request): Promise<Response> => {
  const body = await request.text()
  const fault =
    request.headers.has('x-calm') || random.below(100) >= percent
      ? undefined
      : faults[random.below(faults.length)]
  const answer = await (fault ? fault(request.headers, body, random) : take(request.headers, body))
  // A connection each, so that the road can choose another fate for each.
  answer.headers.set('connection', 'close')
  return answer
}

const server = Bun.serve({
  port: Number(PORT),
  hostname: '127.0.0.1',
  idleTimeout: 60,
  routes: {
    '/events': { POST: events },
    '/recorded': { GET: () => Response.json(recorded) },
    '/calm': {
      POST: () => {
        percent = 0
        return new Response()
      },
    },
  },
  fetch: () => new Response(null, { status: 404 }),
})
console.log(JSON.stringify({ event: 'listening', port: server.port }))

for (;;) {
  const handled = await retryParked(resources, 'reader', handlers).catch(() => 0)
  if (handled === 0) await Bun.sleep(100)
}
