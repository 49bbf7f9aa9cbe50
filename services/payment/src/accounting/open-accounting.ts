import { type Fetch, type OneCMapping, openHttpService, openOneC } from '@kontora/one-c'
import type { Chance } from '@kontora/service'
import type { AccountingGateway } from './gateway.ts'
import { openHttpGateway } from './http-gateway.ts'
import { openODataGateway } from './odata-gateway.ts'

/** The settings `ONEC_…` of `settings.ts`. */
export type AccountingSettings = {
  ONEC_URL: string
  ONEC_USER: string
  ONEC_PASSWORD: string
  ONEC_TOKEN?: string | undefined
  ONEC_CHANNEL: 'odata' | 'http'
  ONEC_SERVICE_PATH: string
  ONEC_SESSIONS: 'auto' | 'manual'
  ONEC_MAPPING: OneCMapping
  ONEC_CONCURRENCY: number
}

type Outside = Pick<Chance, 'now' | 'newId'> & {
  fetch?: Fetch | undefined
  wait?: ((ms: number) => Promise<void>) | undefined
}

/** One of the two channels to the accountant's books, as the settings choose. */
export const openAccounting = (
  values: AccountingSettings,
  { now, newId, fetch, wait }: Outside,
): AccountingGateway => {
  const { ONEC_TOKEN: token, ONEC_MAPPING: mapping } = values
  const caller = {
    url: values.ONEC_URL,
    user: values.ONEC_USER,
    password: values.ONEC_PASSWORD,
    signIn: token === undefined ? undefined : ({ kind: 'bearer', token } as const),
    concurrency: values.ONEC_CONCURRENCY,
    fetch,
    wait,
  }
  if (values.ONEC_CHANNEL === 'odata') return openODataGateway(openOneC({ ...caller, mapping, now }))
  const service = { path: values.ONEC_SERVICE_PATH, sessions: values.ONEC_SESSIONS, newId }
  return openHttpGateway(openHttpService({ ...caller, ...service }), mapping, now)
}
