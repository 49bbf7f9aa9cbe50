import { prepareSettings, readSettings } from '../frame/settings.ts'
import { createSimulator, type Simulator } from '../frame/simulator.ts'
import type { Bank } from './bank.ts'
import { addBooks } from './books/outside-books.ts'
import { prepareCallbacks } from './callbacks.ts'
import { addGatewayRoutes, gatewayPath } from './gateway-routes.ts'
import { prepareOrders } from './order-book.ts'
import { addOutsideView } from './outside-view.ts'
import { addPageRoutes } from './page-routes.ts'
import { addReceiptLevers } from './receipts/outside-receipts.ts'
import { prepareReceipts } from './receipts/receipt-book.ts'
import { runCourier } from './run-courier.ts'
import { defaultSettings, type Settings } from './settings.ts'

export type VtbOptions = {
  store?: string | undefined
  user?: string | undefined
  password?: string | undefined
  callbackKey?: string | undefined
  /** For orders without `dynamicCallbackUrl`. */
  callbackUrl?: string | undefined
  /** Where a browser finds the payment page, when that is not where the gateway is called. */
  publicUrl?: string | undefined
  callbackRetryMs?: number | undefined
  /** The merchant's own account, which it gives statements of. */
  account?: string | undefined
  now?: (() => Date) | undefined
  newId?: (() => string) | undefined
  fetch?: ((request: Request) => Promise<Response>) | undefined
  /** Nothing happens by itself: only calls and `tick()` move the bank. */
  byHand?: boolean | undefined
}

export type VtbSimulator = Simulator & {
  /** Settles what is due by now, and ends when each callback that was due has been tried. */
  tick: () => Promise<void>
}

/** Stands in for ВТБ's RBS gateway with СБП. Knows nothing of our code. */
export const createVtbSimulator = (options: VtbOptions = {}): VtbSimulator => {
  const simulator = createSimulator('vtb', options, (c) =>
    c.req.path.startsWith(gatewayPath) ? c.req.path.slice(gatewayPath.length) : undefined,
  )
  const { store } = simulator
  prepareSettings(store)
  prepareOrders(store)
  prepareCallbacks(store)
  prepareReceipts(store)
  const started = startedSettings(options)
  const bank: Bank = {
    store,
    now: () => (options.now?.() ?? new Date()).getTime(),
    newId: options.newId ?? (() => crypto.randomUUID()),
    settings: () => readSettings(store, started),
  }
  const key = options.callbackKey ?? process.env.VTB_SIM_CALLBACK_KEY ?? 'simulator-callback-key'
  const send = options.fetch ?? fetch
  const { wake, tick, stop } = runCourier(bank, { key, fetch: send }, options.byHand ?? false)
  addGatewayRoutes(simulator, bank, {
    user: options.user ?? process.env.VTB_SIM_USER ?? 'simulator-api',
    password: options.password ?? process.env.VTB_SIM_PASSWORD ?? 'simulator',
    wake,
  })
  addOutsideView(simulator, bank, { wake, key, fetch: send, started })
  addReceiptLevers(simulator, bank)
  addBooks(simulator, bank, options.account ?? process.env.VTB_SIM_ACCOUNT ?? '40702810300000000001')
  addPageRoutes(simulator, bank, wake)
  return {
    ...simulator,
    tick,
    close: () => {
      stop()
      simulator.close()
    },
  }
}

const startedSettings = ({ callbackUrl, publicUrl, callbackRetryMs }: VtbOptions): Settings => ({
  ...defaultSettings,
  callbackUrl: callbackUrl ?? process.env.VTB_SIM_CALLBACK_URL ?? null,
  publicUrl: publicUrl ?? process.env.VTB_SIM_PUBLIC_URL ?? null,
  ...(callbackRetryMs !== undefined && { callbackRetryMs }),
})
