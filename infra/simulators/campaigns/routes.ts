import * as v from 'valibot'
import { answerByKey } from '../back-office-dialect/answer-by-key.ts'
import { Page, pageOf } from '../back-office-dialect/page-items.ts'
import { parseJson, problem, read } from '../back-office-dialect/problem.ts'
import type { Simulator } from '../frame/simulator.ts'
import {
  CampaignStatus,
  campaignsOf,
  etagOf,
  findCampaign,
  listCampaigns,
  Participation,
  putParticipant,
} from './campaigns.ts'
import { CampaignEvent, takeEvent } from './events.ts'

const Id = v.pipe(v.string(), v.uuid())
const List = v.object({
  ...Page,
  status: v.optional(CampaignStatus),
  at: v.optional(v.union([v.pipe(v.string(), v.isoDate()), v.pipe(v.string(), v.isoTimestamp())])),
})

export const addReads = ({ app, store }: Simulator): void => {
  app.get('/api/v1/health', (c) => c.json({ status: 'ok' }))
  app.get('/api/v1/campaigns', (c) => {
    const asked = read(c, List, c.req.query())
    if (asked instanceof Response) return asked
    return c.json(pageOf(listCampaigns(store, asked.status, asked.at), asked))
  })
  app.get('/api/v1/campaigns/:id', (c) => {
    const campaign = findCampaign(store, c.req.param('id'))
    if (!campaign) return problem(c, 404, 'No such campaign')
    const etag = etagOf(campaign)
    c.header('etag', etag)
    c.header('cache-control', 'private, max-age=300')
    return c.req.header('if-none-match') === etag ? c.body(null, 304) : c.json(campaign)
  })
  app.get('/api/v1/clients/:clientId/campaigns', (c) => {
    const asked = read(c, v.object({ ...Page, clientId: Id }), { ...c.req.query(), ...c.req.param() })
    return asked instanceof Response ? asked : c.json(pageOf(campaignsOf(store, asked.clientId), asked))
  })
}

export const addWrites = ({ app, store }: Simulator, now: () => Date): void => {
  app.put('/api/v1/campaigns/:id/participants/:clientId', async (c) => {
    const sent = await c.req.text()
    const path = read(c, v.object({ id: Id, clientId: Id }), c.req.param())
    if (path instanceof Response) return path
    return answerByKey(store, c, sent, () => {
      if (!findCampaign(store, path.id)) return problem(c, 404, 'No such campaign')
      const body = read(c, Participation, parseJson(sent))
      if (body instanceof Response) return body
      const { id: campaignId, clientId } = path
      const kept = putParticipant(store, campaignId, clientId, { ...body, updatedAt: now().toISOString() })
      c.set('journal', { campaignId, clientId, state: kept.state })
      return { status: 200, body: { campaignId, clientId, ...kept } }
    })
  })
  app.post('/api/v1/campaigns/:id/events', async (c) => {
    const sent = await c.req.text()
    const campaign = findCampaign(store, c.req.param('id'))
    if (!campaign) return problem(c, 404, 'No such campaign')
    const event = read(c, CampaignEvent, parseJson(sent))
    if (event instanceof Response) return event
    const take = () => {
      takeEvent(store, campaign.id, event)
      c.set('journal', { campaignId: campaign.id, eventId: event.eventId, type: event.type })
    }
    return answerByKey(
      store,
      c,
      sent,
      () => {
        take()
        return { status: 202, body: { eventId: event.eventId } }
      },
      take,
    )
  })
}
