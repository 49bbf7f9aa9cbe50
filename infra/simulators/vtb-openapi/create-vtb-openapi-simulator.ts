import { prepareSettings, readSettings } from '../frame/settings.ts'
import { createSimulator, type Simulator } from '../frame/simulator.ts'
import { addApiRoutes, apiPath } from './api-routes.ts'
import { type Deliver, deliverDue, prepareCallbacks } from './callbacks.ts'
import { type Bank, prepareOrders } from './order.ts'
import { addOutsideView } from './outside-view.ts'
import { addPageRoutes } from './page-routes.ts'
import { settleDue } from './pay-order.ts'
import { defaultSettings, type Settings } from './settings.ts'
import { addTokens, tokenPath } from './tokens.ts'

export type VtbOpenapiOptions = {
  store?: string | undefined
  clientId?: string | undefined
  clientSecret?: string | undefined
  callbackUrl?: string | undefined
  publicUrl?: string | undefined
  now?: (() => Date) | undefined
  newId?: (() => string) | undefined
  fetch?: Deliver | undefined
  /** Nothing happens by itself: only calls and `tick()` move the bank. */
  byHand?: boolean | undefined
}
export type VtbOpenapiSimulator = Simulator & { tick: () => Promise<void> }

/** `POST /orders`, `GET /orders`, `POST /refunds`, `token`: names for the journal and for faults. */
const operationOf = (method: string, path: string): string | undefined => {
  if (path === tokenPath) return 'token'
  if (!path.startsWith(apiPath)) return undefined
  const [, noun = ''] = path.slice(apiPath.length).split('/')
  return `${method} /${noun}`
}

const startedSettings = ({ callbackUrl, publicUrl }: VtbOpenapiOptions): Settings => ({
  ...defaultSettings,
  callbackUrl: callbackUrl ?? process.env.VTB_OPENAPI_SIM_CALLBACK_URL ?? null,
  publicUrl: publicUrl ?? process.env.VTB_OPENAPI_SIM_PUBLIC_URL ?? null,
})

/** Stands in for ВТБ's OpenAPI e-commerce. Knows nothing of our code. */
export const createVtbOpenapiSimulator = (options: VtbOpenapiOptions = {}): VtbOpenapiSimulator => {
  const simulator = createSimulator('vtb-openapi', options, (c) => operationOf(c.req.method, c.req.path))
  const { store } = simulator
  prepareSettings(store)
  prepareOrders(store)
  prepareCallbacks(store)
  const started = startedSettings(options)
  const bank: Bank = {
    store,
    now: () => (options.now?.() ?? new Date()).getTime(),
    newId: options.newId ?? (() => crypto.randomUUID()),
    settings: () => readSettings(store, started),
  }
  const courier = runCourier(bank, options.fetch ?? fetch, options.byHand ?? false)
  const caller = addTokens(simulator, bank, {
    clientId: options.clientId ?? process.env.VTB_OPENAPI_SIM_CLIENT_ID ?? 'Simulator@ext.vtb.ru',
    clientSecret: options.clientSecret ?? process.env.VTB_OPENAPI_SIM_CLIENT_SECRET ?? 'simulator',
  })
  addApiRoutes(simulator, bank, caller, courier.wake)
  addOutsideView(simulator, bank, courier.wake)
  addPageRoutes(simulator, bank, courier.wake)
  return {
    ...simulator,
    tick: courier.tick,
    close: () => {
      courier.stop()
      simulator.close()
    },
  }
}

const runCourier = (bank: Bank, deliver: Deliver, byHand: boolean) => {
  let stopped = false
  let onTheWay: Promise<void> | undefined
  const tick = async (): Promise<void> => {
    if (stopped) return
    settleDue(bank)
    onTheWay ??= deliverDue(bank, deliver).finally(() => {
      onTheWay = undefined
    })
    await onTheWay
  }
  const start = () => void tick().catch(() => {})
  const timer = byHand ? undefined : setInterval(start, 100)
  timer?.unref()
  return {
    tick,
    wake: () => void (byHand || queueMicrotask(start)),
    stop: () => {
      stopped = true
      clearInterval(timer)
    },
  }
}
