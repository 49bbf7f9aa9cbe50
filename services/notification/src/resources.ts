import type { AccessResources } from '@kontora/access'
import { type CommonOpen, openCommon, openMachine } from '@kontora/door'
import { type BaseResources, readSettings, refuseTestHosts } from '@kontora/service'
import { checksOf } from './checks.ts'
import { createPeople, type People } from './client/client.ts'
import { createPayLinks, type PayLinks } from './payment/client.ts'
import { createResend, type Resend } from './resend/client.ts'
import { createSeal, type Seal } from './sealing/seal.ts'
import { payPlaces, refuseOpenPortal, settings } from './settings.ts'

/** Everything that the service takes from the outside. Each runtime opens its own; tests build theirs. */
export type Resources = BaseResources &
  AccessResources & {
    seal: Seal
    mail: Resend
    people: People
    /** Undefined: letters that bill lead to the portal alone. */
    payLinks: PayLinks | undefined
    webhookSecret: string
    mailFrom: string
    portalUrl: string
  }

export type OpenResources = Resources & CommonOpen

export const service = 'notification'

export const openResources = (env: unknown, { max }: { max?: number } = {}): OpenResources => {
  const read = readSettings(settings, env)
  refuseTestHosts(read)
  refuseOpenPortal(read)
  const places = payPlaces(read)
  const common = openCommon(service, read, { max })
  const { sql, now, random } = common
  const { machineToken, readSnapshot } = openMachine(service, read, common)
  common.health.checks.push(...checksOf(sql, now))
  return {
    ...common,
    readSnapshot,
    seal: createSeal(read.LETTER_KEY_ENCRYPTION_KEY, random),
    mail: createResend({ url: read.RESEND_URL, key: read.RESEND_KEY, now }),
    people: createPeople({ url: read.CLIENT_URL, token: machineToken, fetch }),
    payLinks: places && createPayLinks({ ...places, token: machineToken, fetch }),
    webhookSecret: read.RESEND_WEBHOOK_SECRET,
    mailFrom: read.MAIL_FROM,
    portalUrl: read.PORTAL_URL,
  }
}
