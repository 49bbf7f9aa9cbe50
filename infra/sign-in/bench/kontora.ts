import { signedIn } from '@kontora/access'
import { Hono } from 'hono'
import { app } from '../../../services/auth/src/app.ts'
import { ratesOf } from '../../../services/auth/src/budgets/rate.ts'
import { resolveFlows } from '../../../services/auth/src/codes/resolve-flows.ts'
import type { Resources } from '../../../services/auth/src/resources.ts'
import { openWorld } from '../../../services/auth/src/testing.node.ts'
import { each, type Side, statusOf } from './side.ts'

/** Everything on: budgets, rates of the network and of all, sealed letters, events. Only nobody waits here. */
const enough = 10_000_000
const rates = ratesOf({
  CODES_PER_NETWORK_HOUR: enough,
  GUESSES_PER_NETWORK_HOUR: enough,
  CODES_PER_HOUR: enough,
  GUESSES_PER_HOUR: enough,
})
/** The letter that holds it can be opened by `notification` alone, so the code is always the same here. */
const number = 65_536
const code = String(number).padStart(6, '0')

const whoAmI = new Hono<{ Bindings: Resources }>().get('/', signedIn(), (c) =>
  c.json({ userId: c.var.user.id }),
)

type Flow = { flowId: string; flowSecret: string }

export const openKontora = async (): Promise<Side> => {
  const world = await openWorld()
  const { random } = world.resources
  const resources: Resources = {
    ...world.resources,
    rates,
    random: (length) => (length === 4 ? new Uint8Array([0, 1, 0, 0]) : random(length)),
  }
  const post = async (path: string, body: object): Promise<Response> => {
    const headers = { 'content-type': 'application/json', 'x-test-address': '192.0.2.1' }
    return app.request(path, { method: 'POST', body: JSON.stringify(body), headers }, resources)
  }

  return {
    name: 'Kontora',
    signIn: async (emails, atOnce) => {
      for (const email of emails) if (!world.users.has(email)) world.invite(email)
      const flows: Flow[] = []
      await each(emails, atOnce, async (email) => {
        flows.push((await statusOf(202, await post('/v1/codes', { email })).json()) as Flow)
      })
      while ((await resolveFlows(resources)) > 0);
      const tokens: string[] = []
      await each(flows, atOnce, async ({ flowId, flowSecret }) => {
        const answer = statusOf(200, await post('/v1/sign-in', { flowId, flowSecret, code }))
        tokens.push(((await answer.json()) as { accessToken: string }).accessToken)
      })
      return tokens
    },
    readSessions: (tokens, atOnce) =>
      each(tokens, atOnce, async (token) => {
        statusOf(200, await whoAmI.request('/', { headers: { authorization: `Bearer ${token}` } }, resources))
      }),
    close: world.close,
  }
}
