import { type OneC, type OneCMapping, openOneC } from '@kontora/one-c'
import { realChance } from '@kontora/service'
import { type Simulator, simulators } from '@kontora/simulators'
import { simulatedBase } from '@kontora/testing'
import { openAccounting } from './accounting/open-accounting.ts'

/** The customer's base as the simulator plants it. */
export const mapping: OneCMapping = simulatedBase

const settings = {
  ONEC_URL: 'http://one-c.test/buh',
  ONEC_USER: 'Обмен',
  ONEC_PASSWORD: 'пароль',
  ONEC_SERVICE_PATH: '/hs/integration/v1',
  ONEC_CONCURRENCY: 2,
}

export type BaseOptions = {
  channel?: 'odata' | 'http'
  sessions?: 'auto' | 'manual'
  /** Otherwise than the simulated base has it. */
  changes?: Partial<OneCMapping>
}

/** 1С in the process, and the service's way to it. */
export const openTestBase = (
  now: () => Date,
  { channel = 'odata', sessions = 'auto', changes }: BaseOptions,
) => {
  const [user, password] = [settings.ONEC_USER, settings.ONEC_PASSWORD]
  const base = (simulators['one-c'] as (options: object) => Simulator)({ user, password, now })
  /** `areLost`: nobody answers, as of a server that is switched off. `held`: calls stand still until it is resolved. */
  const baseCalls = { count: 0, areLost: false, held: Promise.resolve() }
  const toBase = (url: string, init?: RequestInit) => base.app.request(url, init)
  const counted = async (url: string, init?: RequestInit): Promise<Response> => {
    baseCalls.count += 1
    await baseCalls.held
    return baseCalls.areLost ? Promise.reject(new Error('ECONNREFUSED')) : toBase(url, init)
  }
  const outside = { now, newId: realChance().newId, wait: async () => {} }
  /** A look into 1С past what is tested. */
  const oneC: OneC = openOneC({
    ...outside,
    fetch: toBase,
    url: settings.ONEC_URL,
    user,
    password,
    concurrency: 1,
    mapping,
  })
  const accounting = openAccounting(
    {
      ...settings,
      ONEC_MAPPING: { ...mapping, ...changes },
      ONEC_CHANNEL: channel,
      ONEC_SESSIONS: sessions,
    },
    { ...outside, fetch: counted },
  )
  return { base, baseCalls, oneC, accounting, oneCConcurrency: settings.ONEC_CONCURRENCY }
}
