import type { MachineToken } from '@kontora/door'
import { openOneC } from '@kontora/one-c'
import type { Chance } from '@kontora/service'
import { openCampaigns } from '../campaigns/client.ts'
import { openRequisites } from '../client/read-requisites.ts'
import type { Deliver, Partners } from '../deliveries/system.ts'
import { openSendCard } from '../one-c/send-card.ts'
import { openRoback } from '../roback/client.ts'
import { campaignsSettings, oneCSettings, robackSettings, type Settings } from '../settings.ts'

/** Lasts as long as the document: it shows the page of the document, to those who may see it. */
export const portalLink =
  (portalUrl: string) =>
  (documentId: string): string =>
    `${portalUrl.replace(/\/+$/, '')}/documents/${documentId}`

type Asking = Pick<Chance, 'now'> & { machineToken: MachineToken }

const openCards = (values: Settings, { now, machineToken }: Asking): Deliver | undefined => {
  const wanted = oneCSettings(values)
  if (!wanted) return undefined
  const { ONEC_URL: url, ONEC_USER: user, ONEC_MAPPING: mapping } = wanted
  const { ONEC_PASSWORD: password = '', ONEC_CONCURRENCY: concurrency } = values
  return openSendCard({
    oneC: openOneC({ url, user, password, mapping, concurrency, now }),
    readRequisites: openRequisites({ url: values.CLIENT_URL, token: machineToken }),
    linkTo: portalLink(values.PORTAL_URL),
  })
}

/** Those that the settings enable. */
export const openPartners = (values: Settings, asking: Asking) => {
  const robackAt = robackSettings(values)
  const campaignsAt = campaignsSettings(values)
  const linkTo = portalLink(values.PORTAL_URL)
  const roback = robackAt && openRoback({ url: robackAt.ROBACK_URL, key: robackAt.ROBACK_KEY, linkTo })
  const campaigns =
    campaignsAt && openCampaigns({ url: campaignsAt.CAMPAIGNS_URL, key: campaignsAt.CAMPAIGNS_KEY })
  const cards = openCards(values, asking)
  const partners: Partners = {
    ...(cards && { 'one-c': cards }),
    ...(roback && { roback }),
    ...(campaigns && { campaigns: campaigns.tell }),
  }
  return { partners, campaigns }
}
