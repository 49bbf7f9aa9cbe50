import * as v from 'valibot'
import { createSimulator, type Simulator } from '../frame/simulator.ts'
import { addAuthorize } from './authorize.ts'
import { addBackChannel } from './back-channel.ts'
import { prepareLogins } from './logins.ts'
import { publicKeyPem } from './make-id-token.ts'
import { listPeople, Person, preparePeople, putPerson } from './people.ts'
import { findSettings, prepareSettings, putSettings, Settings } from './settings.ts'

export type SberIdOptions = {
  store?: string | undefined
  clientId?: string | undefined
  clientSecret?: string | undefined
  /** The one registered address; without it every request is refused. */
  redirectUri?: string | undefined
  scopes?: string[]
  iss?: string
  now?: () => Date
}

export const createSberIdSimulator = (options: SberIdOptions = {}): Simulator => {
  const simulator = createSimulator('sber-id', options, (c) => `${c.req.method} ${c.req.path}`)
  const { SBER_SIM_CLIENT_ID, SBER_SIM_CLIENT_SECRET, SBER_SIM_REDIRECT_URI } = process.env
  const registration = {
    clientId: options.clientId ?? SBER_SIM_CLIENT_ID ?? '5e1b7c90-2d4f-4a68-9b03-c7d8e9f0a1b2',
    clientSecret: options.clientSecret ?? SBER_SIM_CLIENT_SECRET ?? 'sber-id-simulator',
    redirectUri: options.redirectUri ?? SBER_SIM_REDIRECT_URI ?? '',
    scopes: options.scopes ?? ['openid', 'email', 'mobile', 'name', 'birthdate', 'gender'],
  }
  const now = options.now ?? (() => new Date())
  prepareSettings(simulator.store)
  preparePeople(simulator.store)
  prepareLogins(simulator.store)
  addControls(simulator)
  addAuthorize(simulator, { registration, now })
  addBackChannel(simulator, { registration, iss: options.iss ?? 'id-sb.sber.ru', now })
  return simulator
}

const addControls = ({ app, store }: Simulator): void => {
  app.get('/_sim/people', (c) => c.json({ people: listPeople(store) }))
  app.post('/_sim/people', async (c) => {
    const person = v.safeParse(Person, await c.req.json().catch(() => undefined))
    if (!person.success)
      return c.json({ error: `A person has: ${Object.keys(Person.entries).join(', ')}` }, 400)
    putPerson(store, person.output)
    return c.json(person.output, 201)
  })
  app.get('/_sim/settings', (c) => c.json(findSettings(store)))
  app.put('/_sim/settings', async (c) => {
    const settings = v.safeParse(Settings, await c.req.json().catch(() => undefined))
    if (!settings.success)
      return c.json({ error: `Settings: ${Object.keys(Settings.entries).join(', ')}` }, 400)
    putSettings(store, settings.output)
    return c.json(settings.output)
  })
  app.get('/_sim/key', (c) => c.text(publicKeyPem(store)))
}
