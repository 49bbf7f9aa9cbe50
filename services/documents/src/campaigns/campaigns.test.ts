import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openTestStand, type TestStand } from '../open-test-stand.node.ts'
import { openCampaigns } from './client.ts'
import { readCampaigns } from './read-campaigns.ts'

const admission = '5d0f6c1e-2f3a-4b7d-8c11-9e0a1b2c3d01'
const me = crypto.randomUUID()

let stand: TestStand
beforeAll(async () => {
  stand = await openTestStand()
}, 60_000)
afterAll(() => stand.close())

type Listed = { campaignId: string; code: string; status: string; requiredKinds: string[]; readAt: string }

const listed = async (): Promise<Listed[]> => {
  const { status, answer } = await stand.call(me, 'GET', '/v1/campaigns')
  expect(status).toBe(200)
  return answer.items as Listed[]
}
const changes = async () =>
  stand.sql<{ status: string }[]>`
    select data ->> 'status' as status from outbox
    where type = 'documents.campaign-changed' and subject = ${admission} order by position`
const atPartner = (path: string, body: object) =>
  stand.simulators.campaigns.app.request(`http://sim/_sim/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  })

test('what the partner shows is copied, and a change is told once', async () => {
  expect((await stand.call(undefined, 'GET', '/v1/campaigns')).status).toBe(401)
  expect(await listed()).toEqual([])
  await readCampaigns(stand.resources)
  await readCampaigns(stand.resources)
  expect((await listed()).map(({ code, requiredKinds }) => [code, requiredKinds])).toEqual([
    ['admission-2026', ['passport', 'consent']],
    ['loyalty-2026', ['consent']],
  ])
  expect((await changes()).map(({ status }) => status)).toEqual(['active'])
  await atPartner('campaigns', { id: admission, status: 'paused' })
  await readCampaigns(stand.resources)
  expect((await listed()).map(({ code }) => code)).toEqual(['loyalty-2026'])
  await atPartner('campaigns', { id: admission, status: 'active' })
  await readCampaigns(stand.resources)
  expect((await changes()).map(({ status }) => status)).toEqual(['active', 'paused', 'active'])
})

test.each([
  ['away', undefined],
  ['busy', { kind: 'error', status: 503 }],
  ['answering with a page', { kind: 'garbage' }],
])('while the partner is %s the list stays, and shows its age', async (_, kind) => {
  await readCampaigns(stand.resources)
  const before = await listed()
  stand.clock.ms += 60_000
  if (kind) await atPartner('faults', { faults: [{ ...kind, delayMs: 1 }] })
  else stand.away.add('campaigns')
  await expect(readCampaigns(stand.resources)).rejects.toThrow('campaigns: unavailable')
  stand.away.clear()
  expect(await listed()).toEqual(before)
  await readCampaigns(stand.resources)
  const after = await listed()
  expect(Date.parse(after[0]!.readAt) - Date.parse(before[0]!.readAt)).toBeGreaterThanOrEqual(60_000)
})

test('pages are read to the end; unknown fields are left alone and a card that cannot be read is left out', async () => {
  const card = {
    id: crypto.randomUUID().toUpperCase(),
    code: 'a',
    name: 'А',
    status: 'active',
    startsAt: '2026-01-01T00:00:00+03:00',
    endsAt: '2027-01-01T00:00:00+03:00',
    novelty: { deep: true },
  }
  const pages: Record<string, object> = {
    '': { items: [card, { id: 'x' }], nextCursor: 'second page', total: 3 },
    'second page': { items: [{ ...card, id: crypto.randomUUID(), documentTemplates: [] }], nextCursor: null },
  }
  const { readAll } = openCampaigns({
    url: 'http://campaigns.test/',
    key: 'k',
    fetch: (url) => Response.json(pages[new URL(url).searchParams.get('cursor') ?? '']),
  })
  const { campaigns, unreadable } = await readAll()
  expect(campaigns.map(({ id }) => id)).toHaveLength(2)
  expect(campaigns[0]?.id).toBe(card.id.toLowerCase())
  expect(unreadable).toBe(1)
})

test('without the partner nothing is read', async () => {
  expect(await readCampaigns({ ...stand.resources, campaigns: undefined })).toBe(0)
})
