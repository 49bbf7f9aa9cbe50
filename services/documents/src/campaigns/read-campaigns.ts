import { documentsCampaignChanged, emit } from '@kontora/events'
import { type Transaction, transaction } from '@kontora/postgres'
import type { Resources } from '../resources.ts'
import { type PartnerCampaign, requiredKinds } from './campaign.ts'

/** Copies the partner's list. What is missing there keeps its age: a half answer must not end a campaign. */
export const readCampaigns = async (resources: Resources): Promise<number> => {
  const { sql, now, newId, log, campaigns: partner } = resources
  if (!partner) return 0
  const { campaigns, unreadable } = await partner.readAll()
  if (unreadable > 0) log.warn('campaigns-unreadable', { unreadable })

  const time = now()
  await transaction(sql, async (tx) => {
    const byId = campaigns.toSorted((one, other) => (one.id < other.id ? -1 : 1))
    for (const campaign of byId) {
      if (!(await keepCampaign(tx, campaign, time))) continue
      const { id: campaignId, status } = campaign
      await emit(
        tx,
        documentsCampaignChanged,
        { id: newId(), subject: campaignId, time },
        { campaignId, status },
      )
    }
  })
  // The next reading is due at the next beat, not at once.
  return 0
}

/** True if something of it is new. */
const keepCampaign = async (tx: Transaction, campaign: PartnerCampaign, readAt: Date): Promise<boolean> => {
  const { id, code, name, status } = campaign
  const startsAt = new Date(campaign.startsAt)
  const endsAt = new Date(campaign.endsAt)
  const kinds = tx.json(requiredKinds(campaign))
  const changed = await tx`
    insert into campaigns ${tx({ id, code, name, status, startsAt, endsAt, requiredKinds: kinds, readAt })}
    on conflict (id) do update
      set code = excluded.code, name = excluded.name, status = excluded.status, starts_at = excluded.starts_at,
        ends_at = excluded.ends_at, required_kinds = excluded.required_kinds
      where (campaigns.code, campaigns.name, campaigns.status, campaigns.starts_at, campaigns.ends_at, campaigns.required_kinds)
        is distinct from
        (excluded.code, excluded.name, excluded.status, excluded.starts_at, excluded.ends_at, excluded.required_kinds)
    returning id`
  await tx`update campaigns set read_at = ${readAt} where id = ${id}`
  return changed.length > 0
}
