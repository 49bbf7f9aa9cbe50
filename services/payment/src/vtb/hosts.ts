import { SettingsError } from '@kontora/service'

/** Where real money moves: the gateway, OpenAPI and its tokens. */
const production = /(^|\.)vtb24\.ru$|^(open\.|gw\.|epa\.)?api\.vtb\.ru$/
/** A page of papers, which somebody took for an address of the API. */
const papers = /^sandbox\.vtb\.ru$/

type Values = { ENVIRONMENT: string } & Record<string, unknown>

const hosts = (values: Values): [string, URL][] =>
  Object.entries(values).flatMap(([name, value]) =>
    name.startsWith('VTB_') && typeof value === 'string' && URL.canParse(value) && /^https?:/.test(value)
      ? [[name, new URL(value)] as [string, URL]]
      : [],
  )

/** The other half of `refuseTestHosts`: no test takes real money, and in production nothing goes in the clear. */
export const refuseWrongBank = (values: Values): void => {
  const isProduction = values.ENVIRONMENT === 'production'
  const faults = hosts(values).flatMap(([name, { hostname, protocol }]) => {
    if (papers.test(hostname)) return [`${name} names the bank's papers, which are no API`]
    if (isProduction && protocol !== 'https:') return [`${name} should be an https URL, in production`]
    if (!isProduction && production.test(hostname))
      return [`${name} names the bank's production host, outside production`]
    return []
  })
  if (faults.length > 0) throw new SettingsError(faults)
}
