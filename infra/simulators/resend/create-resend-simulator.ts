import { createSimulator, type Simulator } from '../frame/simulator.ts'
import { prepareAnswers } from './answer-once.ts'
import { checkCaller } from './check-caller.ts'
import { deliverWebhooks } from './deliver-webhooks.ts'
import { prepareEvents } from './events.ts'
import { prepareLetters } from './letters.ts'
import { limitRate } from './limit-rate.ts'
import { addMailbox } from './mailbox.ts'
import { addEmailRoutes } from './routes.ts'

export type ResendOptions = {
  store?: string | undefined
  key?: string | undefined
  webhook?: { url: string; secret: string } | undefined
  retryAfterMs?: number[]
  /** Calls a second; undefined is no limit. */
  rate?: number | undefined
  /** How long an accepted send stays in progress. */
  acceptMs?: number
  now?: () => Date
  fetch?: (request: Request) => Promise<Response>
}

export const createResendSimulator = (options: ResendOptions = {}): Simulator => {
  const now = options.now ?? (() => new Date())
  const simulator = createSimulator('resend', options, (c) =>
    c.req.method === 'GET' && /^\/emails\/[^/]+$/.test(c.req.path)
      ? 'GET /emails/:id'
      : `${c.req.method} ${c.req.path}`,
  )
  const { store, app } = simulator
  prepareLetters(store)
  prepareEvents(store)
  prepareAnswers(store)
  const deliveries = startDeliveries(simulator, options, now)
  addMailbox(simulator, now, deliveries?.wake)
  app.use('/emails/*', checkCaller(options.key ?? process.env.RESEND_SIM_KEY ?? 're_simulator'))
  app.use('/emails/*', limitRate(options.rate ?? (Number(process.env.RESEND_SIM_RATE) || undefined), now))
  addEmailRoutes(simulator, { now, acceptMs: options.acceptMs ?? 0, wake: deliveries?.wake })
  return {
    ...simulator,
    close: () => {
      deliveries?.stop()
      simulator.close()
    },
  }
}

const startDeliveries = ({ store }: Simulator, options: ResendOptions, now: () => Date) => {
  const { RESEND_SIM_WEBHOOK_URL: url, RESEND_SIM_WEBHOOK_SECRET: secret } = process.env
  const target = options.webhook ?? (url && secret ? { url, secret } : undefined)
  if (!target) return undefined
  let busy = false
  let stopped = false
  const webhook = {
    ...target,
    now,
    stopped: () => stopped,
    fetch: options.fetch ?? fetch,
    retryAfterMs: options.retryAfterMs ?? [5, 5, 5, 5, 300, 1800].map((seconds) => seconds * 1000),
  }
  const wake = async () => {
    if (busy || stopped) return
    busy = true
    try {
      while (!stopped && (await deliverWebhooks(store, webhook)) > 0);
    } finally {
      busy = false
    }
  }
  const timer = setInterval(wake, 250)
  timer.unref()
  return {
    wake: () => void wake(),
    stop: () => {
      stopped = true
      clearInterval(timer)
    },
  }
}
