import { type Context, Hono, type Next } from 'hono'
import * as v from 'valibot'
import { addFaults, clearFaults, Fault, takeFault } from './faults.ts'
import { addEntry, journal } from './journal.ts'
import { openStore, type Store } from './store.ts'

export type Simulator = { name: string; app: Hono<Env>; store: Store; close: () => void }

/** What a handler adds to its call's journal entry. */
export type Env = { Variables: { journal?: object } }

type Options = { store?: string | undefined }

const answerKinds = ['error', 'timeout-after-acting', 'garbage', 'delay'] as const

/**
 * The frame of every simulator: its store, `POST`/`DELETE /_sim/faults`, `GET /_sim/journal?operation=&after=`, `/_sim/health`.
 * `operationOf` names a partner's call as the journal and the faults write it (`register.do`); undefined is not journalled.
 * A handler adds what its call changed by `c.set('journal', {…})`.
 */
export const createSimulator = (
  name: string,
  options: Options,
  operationOf: (c: Context) => string | undefined,
): Simulator => {
  const store = openStore(options.store)
  const app = new Hono<Env>()
    .get('/_sim/health', (c) => c.json({ name, state: 'up' }))
    .get('/_sim/journal', (c) =>
      c.json({ entries: journal(store, c.req.query('operation'), Number(c.req.query('after') ?? 0)) }),
    )
    .get('/_sim/faults', (c) =>
      c.json({
        faults: store
          .query('select operation, kind, times, status, delay_ms as delayMs from faults order by id')
          .all(),
      }),
    )
    .post('/_sim/faults', async (c) => {
      const body = v.safeParse(
        v.strictObject({ faults: v.array(Fault) }),
        await c.req.json().catch(() => null),
      )
      if (!body.success)
        return c.json({ error: 'faults: [{operation?, kind, times?, status?, delayMs?}]' }, 400)
      addFaults(store, body.output.faults)
      return c.json({ faults: body.output.faults.length }, 201)
    })
    .delete('/_sim/faults', (c) => {
      clearFaults(store)
      return c.body(null, 204)
    })
  app.use(async (c, next) => {
    const operation = c.req.path.startsWith('/_sim') ? undefined : operationOf(c)
    if (operation) await withFault(store, operation, c, next)
    else await next()
  })
  return { name, app: app as unknown as Hono<Env>, store, close: () => store.close() }
}

const withFault = async (store: Store, operation: string, c: Context<Env>, next: Next): Promise<void> => {
  const fault = takeFault(store, operation, answerKinds)
  if (fault?.kind === 'error') c.res = c.text('simulated fault', fault.status as 503)
  else await next()
  addEntry(store, {
    operation,
    method: c.req.method,
    path: c.req.path,
    status: c.res.status,
    details: { ...c.get('journal'), ...(fault && { fault: fault.kind }) },
  })
  if (fault?.kind === 'delay' || fault?.kind === 'timeout-after-acting') await Bun.sleep(fault.delayMs)
  if (fault?.kind === 'timeout-after-acting') c.res = c.text('gateway timeout', 504)
  if (fault?.kind === 'garbage') c.res = c.html('<html><body>502 Bad Gateway</body></html>', 200)
}
