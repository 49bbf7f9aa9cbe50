import type { AccessResources } from '@kontora/access'
import { type CommonOpen, openCommon, snapshotFrom } from '@kontora/door'
import type { Sql } from '@kontora/postgres'
import {
  type BaseResources,
  createSeal,
  createTokenVerifier,
  readSettings,
  refuseTestHosts,
  type Seal,
  SettingsError,
} from '@kontora/service'
import type { JWK } from 'jose'
import { type BrowserClients, namesLoopback } from './authorize/browser-clients.ts'
import { withOwnPage } from './authorize/own-page.ts'
import { guessCheck } from './budgets/guess-check.ts'
import type { Proxies } from './budgets/network.ts'
import { type Rates, ratesOf } from './budgets/rate.ts'
import { createDirectory, type Directory } from './client/client.ts'
import { createKeyring, type Keyring } from './keys/keyring.ts'
import { createLetterKeySource, type LetterKeySource } from './notification/letter-keys.ts'
import { createOpenid, type Openid } from './openid/client.ts'
import { openidSettings } from './openid/settings.ts'
import { type RelyingParty, relyingPartyOf } from './passkeys/settings.ts'
import type { OpenSberAgent } from './sber-id/agent.ts'
import { certificateCheck } from './sber-id/certificate-end.ts'
import { createSberId, type SberId } from './sber-id/client.ts'
import { sberIdSettings } from './sber-id/settings.ts'
import { type CodePeppers, createCodePeppers } from './secrets/code-pepper.ts'
import { createPepper, type Pepper } from './secrets/pepper.ts'

import { settings } from './settings.ts'
import { createOwnToken } from './tokens/own-token.ts'

export type Resources = BaseResources &
  AccessResources & {
    sql: Sql
    issuer: string
    registration: 'open' | 'invited'
    machineClients: Map<string, JWK>
    browserClients: BrowserClients
    pepper: Pepper
    codePeppers: CodePeppers
    seal: Seal
    keyring: Keyring
    directory: Directory
    letterKeys: LetterKeySource
    /** Undefined where it is not set up. */
    sberId: SberId | undefined
    /** The other providers, as they are configured. */
    openids: Openid[]
    /** Of our certificate at Сбер ID; undefined where we show none ourselves. */
    sberCertificateEndsAt?: (() => Date) | undefined
    relyingParty: RelyingParty
    secureCookies: boolean
    proxies: Proxies
    rates: Rates
  }

/** What a running process holds besides: the pool itself and the way to Kafka. */
export type OpenResources = Resources & CommonOpen

/** `openSberAgent` shows the client certificate where the runtime can. */
type Options = { max?: number; ask?: typeof fetch; openSberAgent?: OpenSberAgent }

/** The only place that reads configuration and opens connections. */
export const openResources = (
  env: unknown,
  { max, ask = fetch, openSberAgent = () => ({ ask }) }: Options = {},
): OpenResources => {
  const read = readSettings(settings, env)
  refuseTestHosts(read)
  if (read.ENVIRONMENT === 'production' && namesLoopback(read.BROWSER_CLIENTS))
    throw new SettingsError(['BROWSER_CLIENTS names an address of this machine, in production'])
  const sber = sberIdSettings(read)
  const relyingParty = relyingPartyOf(read)
  const sberAgent = sber && openSberAgent(sber.tls)
  // Its own tokens are verified by its own keys, so the keys' address is its own.
  const common = openCommon('auth', { ...read, AUTH_JWKS_URL: read.AUTH_ISSUER }, { max })
  const { sql, now, newId } = common
  const sberCertificateEndsAt = sberAgent?.certificateEndsAt
  if (sberCertificateEndsAt) common.health.checks.push(certificateCheck({ now, sberCertificateEndsAt }))
  const rates = ratesOf(read)
  common.health.checks.push(guessCheck({ sql, now, rates }))
  const seal = createSeal(read.KEY_ENCRYPTION_KEY)
  const keyring = createKeyring({ sql, seal, now })
  const issuer = read.AUTH_ISSUER
  const token = createOwnToken({ keyring, issuer, now, newId }, 'client')
  return {
    ...common,
    readSnapshot: snapshotFrom(read.CLIENT_URL, token),
    seal,
    keyring,
    issuer,
    verifyToken: createTokenVerifier({
      issuer,
      audience: ['portal', 'auth'],
      key: keyring.verificationKey,
      now,
    }),
    registration: read.REGISTRATION,
    machineClients: new Map(Object.entries(read.MACHINE_CLIENTS) as [string, JWK][]),
    browserClients: withOwnPage(read.BROWSER_CLIENTS, { issuer }),
    pepper: createPepper(read.CODE_PEPPER, read.CODE_PEPPER_ACCEPTED),
    codePeppers: createCodePeppers({ ...common, seal }),
    directory: createDirectory({ url: read.CLIENT_URL, ask, token }),
    letterKeys: createLetterKeySource(read.LETTER_KEYS_URL, ask),
    sberId: sber && createSberId(sber, { ask: sberAgent?.ask, now, newId }),
    openids: openidSettings(read).map((one) => createOpenid(one, { sql, now, newId, ask })),
    sberCertificateEndsAt,
    relyingParty,
    secureCookies: read.ENVIRONMENT !== 'local',
    proxies: {
      trusted: read.TRUSTED_PROXIES,
      header: read.CLIENT_ADDRESS_HEADER,
      countryHeader: read.CLIENT_COUNTRY_HEADER,
    },
    rates,
  }
}
