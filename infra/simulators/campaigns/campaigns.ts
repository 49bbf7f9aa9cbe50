import { createHash } from 'node:crypto'
import * as v from 'valibot'
import type { Store } from '../frame/store.ts'

export const CampaignStatus = v.picklist(['draft', 'active', 'paused', 'finished'])
const Time = v.pipe(v.string(), v.isoTimestamp())
const Word = v.pipe(v.string(), v.nonEmpty(), v.maxLength(200))

export const Campaign = v.object({
  id: v.pipe(v.string(), v.uuid()),
  code: Word,
  name: Word,
  status: CampaignStatus,
  startsAt: Time,
  endsAt: Time,
  audience: v.optional(Word),
  documentTemplates: v.optional(v.array(v.object({ type: Word, required: v.boolean() })), []),
})
export type Campaign = v.InferOutput<typeof Campaign>

export const Participation = v.object({
  state: v.picklist(['invited', 'accepted', 'declined']),
  source: Word,
})
export type Participation = v.InferOutput<typeof Participation> & { updatedAt: string }

type Row = { card: string }

export const prepareCampaigns = (store: Store): void => {
  store.run('create table if not exists campaigns (id text primary key, card text not null)')
  store.run(`create table if not exists participants (
    campaign_id text not null, client_id text not null, card text not null,
    primary key (campaign_id, client_id))`)
}

export const putCampaign = (store: Store, campaign: Campaign): void =>
  void store
    .query('insert into campaigns (id, card) values (?, ?) on conflict do update set card = excluded.card')
    .run(campaign.id, JSON.stringify(campaign))

export const findCampaign = (store: Store, id: string): Campaign | undefined => {
  const row = store.query<Row, [string]>('select card from campaigns where id = ?').get(id.toLowerCase())
  return row ? (JSON.parse(row.card) as Campaign) : undefined
}

/** `at` is a time the campaign must be running at. */
export const listCampaigns = (store: Store, status?: string, at?: string): Campaign[] =>
  store
    .query<Row, []>('select card from campaigns')
    .all()
    .map(({ card }) => JSON.parse(card) as Campaign)
    .filter((campaign) => !status || campaign.status === status)
    .filter(({ startsAt, endsAt }) => {
      const time = at ? Date.parse(at) : undefined
      return time === undefined || (Date.parse(startsAt) <= time && time < Date.parse(endsAt))
    })

/** Changes when any field of the card does. */
export const etagOf = (campaign: Campaign): string =>
  `"${createHash('sha256').update(JSON.stringify(campaign)).digest('base64url').slice(0, 22)}"`

/** A repeat of the same state keeps the time of the first. */
export const putParticipant = (
  store: Store,
  campaignId: string,
  clientId: string,
  next: Participation,
): Participation => {
  const before = findParticipation(store, campaignId, clientId)
  if (before?.state === next.state && before.source === next.source) return before
  store
    .query(
      `insert into participants (campaign_id, client_id, card) values (?, ?, ?)
       on conflict do update set card = excluded.card`,
    )
    .run(campaignId, clientId, JSON.stringify(next))
  return next
}

export const campaignsOf = (
  store: Store,
  clientId: string,
): (Campaign & { participation: Participation })[] =>
  store
    .query<Row & { participation: string }, [string]>(
      `select campaigns.card, participants.card as participation
       from participants join campaigns on campaigns.id = participants.campaign_id
       where participants.client_id = ?`,
    )
    .all(clientId)
    .map(({ card, participation }) => ({
      ...(JSON.parse(card) as Campaign),
      participation: JSON.parse(participation) as Participation,
    }))

const findParticipation = (store: Store, campaignId: string, clientId: string): Participation | undefined => {
  const row = store
    .query<Row, [string, string]>('select card from participants where campaign_id = ? and client_id = ?')
    .get(campaignId, clientId)
  return row ? (JSON.parse(row.card) as Participation) : undefined
}
