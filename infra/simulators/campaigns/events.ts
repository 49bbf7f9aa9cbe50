import * as v from 'valibot'
import type { Store } from '../frame/store.ts'

export const CampaignEvent = v.object({
  eventId: v.pipe(v.string(), v.uuid()),
  clientId: v.pipe(v.string(), v.uuid()),
  type: v.pipe(v.string(), v.regex(/^[a-z][a-z-]*(\.[a-z][a-z-]*)+$/)),
  occurredAt: v.pipe(v.string(), v.isoTimestamp()),
  payload: v.optional(v.record(v.string(), v.unknown()), {}),
})
export type CampaignEvent = v.InferOutput<typeof CampaignEvent>
export type Arrived = CampaignEvent & { campaignId: string; deliveries: number }

type Row = { campaign_id: string; event: string; deliveries: number }

export const prepareEvents = (store: Store): void => {
  store.run(`create table if not exists events (
    event_id text primary key, campaign_id text not null, event text not null, deliveries integer not null)`)
}

/** The first telling counts; a repeat of the id only raises the count. */
export const takeEvent = (store: Store, campaignId: string, event: CampaignEvent): void =>
  void store
    .query(
      `insert into events (event_id, campaign_id, event, deliveries) values (?, ?, ?, 1)
       on conflict do update set deliveries = deliveries + 1`,
    )
    .run(event.eventId, campaignId, JSON.stringify(event))

export const arrivedEvents = (store: Store): Arrived[] =>
  store
    .query<Row, []>('select campaign_id, event, deliveries from events order by rowid')
    .all()
    .map(({ campaign_id, event, deliveries }) => ({
      ...(JSON.parse(event) as CampaignEvent),
      campaignId: campaign_id,
      deliveries,
    }))
