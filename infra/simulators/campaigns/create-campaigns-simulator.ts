import * as v from 'valibot'
import { prepareAnswers } from '../back-office-dialect/answer-by-key.ts'
import { read } from '../back-office-dialect/problem.ts'
import { nameOperation, speakDialect } from '../back-office-dialect/speak-dialect.ts'
import { createSimulator, type Simulator } from '../frame/simulator.ts'
import type { Store } from '../frame/store.ts'
import { Campaign, findCampaign, prepareCampaigns, putCampaign } from './campaigns.ts'
import { arrivedEvents, prepareEvents } from './events.ts'
import { addReads, addWrites } from './routes.ts'

export type CampaignsOptions = {
  store?: string | undefined
  key?: string | undefined
  now?: () => Date
}

export const createCampaignsSimulator = (options: CampaignsOptions = {}): Simulator => {
  const simulator = createSimulator('campaigns', options, nameOperation)
  prepareAnswers(simulator.store)
  prepareCampaigns(simulator.store)
  prepareEvents(simulator.store)
  seedCampaigns(simulator.store)
  addControls(simulator)
  speakDialect(simulator.app, options.key ?? process.env.CAMPAIGNS_SIM_KEY ?? 'campaigns-simulator')
  addReads(simulator)
  addWrites(simulator, options.now ?? (() => new Date()))
  return simulator
}

/** `POST /_sim/campaigns`: with a known id only the given fields change. */
const addControls = ({ app, store }: Simulator): void => {
  app.get('/_sim/events', (c) => c.json({ events: arrivedEvents(store) }))
  app.post('/_sim/campaigns', async (c) => {
    const given = read(c, v.record(v.string(), v.unknown()), await c.req.json().catch(() => undefined))
    if (given instanceof Response) return given
    const before = typeof given.id === 'string' ? findCampaign(store, given.id) : undefined
    const campaign = read(c, Campaign, { id: crypto.randomUUID(), ...before, ...given })
    if (campaign instanceof Response) return campaign
    putCampaign(store, campaign)
    return c.json(campaign, before ? 200 : 201)
  })
}

const year = { startsAt: '2026-09-01T00:00:00+03:00', endsAt: '2027-09-01T00:00:00+03:00' }

const seeds: Campaign[] = [
  {
    id: '5d0f6c1e-2f3a-4b7d-8c11-9e0a1b2c3d01',
    code: 'admission-2026',
    name: 'Приём заявок 2026',
    status: 'active',
    ...year,
    audience: 'new-clients',
    documentTemplates: [
      { type: 'passport', required: true },
      { type: 'consent', required: true },
      { type: 'certificate', required: false },
    ],
  },
  {
    id: '5d0f6c1e-2f3a-4b7d-8c11-9e0a1b2c3d02',
    code: 'loyalty-2026',
    name: 'Скидка постоянным клиентам',
    status: 'active',
    ...year,
    documentTemplates: [{ type: 'consent', required: true }],
  },
  {
    id: '5d0f6c1e-2f3a-4b7d-8c11-9e0a1b2c3d03',
    code: 'admission-2027',
    name: 'Приём заявок 2027',
    status: 'draft',
    startsAt: '2027-09-01T00:00:00+03:00',
    endsAt: '2028-09-01T00:00:00+03:00',
    documentTemplates: [{ type: 'passport', required: true }],
  },
  {
    id: '5d0f6c1e-2f3a-4b7d-8c11-9e0a1b2c3d04',
    code: 'admission-2025',
    name: 'Приём заявок 2025',
    status: 'finished',
    startsAt: '2025-09-01T00:00:00+03:00',
    endsAt: '2026-09-01T00:00:00+03:00',
    documentTemplates: [{ type: 'passport', required: true }],
  },
]

const seedCampaigns = (store: Store): void => {
  if (store.query('select id from campaigns limit 1').get()) return
  for (const campaign of seeds) putCampaign(store, campaign)
}
