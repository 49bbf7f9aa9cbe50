import { makePdf, sha256Hex } from './pdf.ts'
import { awaitLetter, type Person } from './people.ts'
import { eventually, must, type World } from './world.ts'

export type Requested = { requestId: string; title: string }
export type Stored = Requested & { documentId: string; bytes: Uint8Array<ArrayBuffer>; fileName: string }

export const requestDocument = async (
  world: World,
  clerk: Person,
  person: Person,
  run: string,
): Promise<Requested> => {
  const title = `Договор ${run}`
  const campaign = await eventually(world, 'documents has read the campaigns', async () => {
    const path = '/documents/v1/campaigns'
    return (await world.get<{ items: { campaignId: string }[] }>(path, { token: clerk.token })).items[0]
  })
  const body = { userId: person.userId, kind: 'contract', title, campaignId: campaign.campaignId }
  const { requestId } = await world.post<{ requestId: string }>('/documents/v1/requests', {
    token: clerk.token,
    body,
  })
  const mine = await world.get<{ items: { requestId: string }[] }>('/documents/v1/requests', {
    token: person.token,
  })
  must(
    mine.items.some((item) => item.requestId === requestId),
    'the person sees the request',
  )
  await awaitLetter(world, person.email, 'a document is asked for', /Нужен документ/)
  return { requestId, title }
}

type Link = { uploadId: string; upload: { url: string; method: string; headers: Record<string, string> } }

/** Straight to S3 by the presigned link, then completed; read back as whoever may read it. */
export const uploadDocument = async (
  world: World,
  person: Person,
  requested: Requested,
  run: string,
): Promise<Stored> => {
  const bytes = makePdf(`Contract ${run} of ${new Date().toISOString()}`)
  const fileName = `Договор ${run}.pdf`
  const body = {
    fileName,
    contentType: 'application/pdf',
    sizeBytes: bytes.length,
    sha256: await sha256Hex(bytes),
  }
  const path = `/documents/v1/requests/${requested.requestId}/uploads`
  const { uploadId, upload } = await world.post<Link>(path, { token: person.token, body })
  const put = await world.patiently('PUT', upload.url, () =>
    fetch(upload.url, { method: upload.method, headers: upload.headers, body: bytes }),
  )
  // Write-once: 412 says that an earlier copy of this very request has arrived.
  must(put.ok || put.status === 412, `S3 takes the file (it said ${put.status})`)
  const complete = `/documents/v1/uploads/${uploadId}/complete`
  const { documentId } = await world.post<{ documentId: string }>(complete, { token: person.token, body: {} })
  const stored = { ...requested, documentId, bytes, fileName }
  await readBack(world, person, stored)
  return stored
}

const readBack = async (
  world: World,
  person: Person,
  { documentId, bytes, fileName }: Stored,
): Promise<void> => {
  const { url } = await world.get<{ url: string }>(`/documents/v1/documents/${documentId}/download`, {
    token: person.token,
  })
  const answer = await world.patiently('GET', url, () => fetch(url))
  must(answer.ok, `the link gives the file (it said ${answer.status})`)
  const disposition = answer.headers.get('content-disposition') ?? ''
  must(
    disposition.startsWith('attachment') && disposition.includes(encodeURIComponent(fileName)),
    'it is a download under its own name',
  )
  must(
    Buffer.compare(Buffer.from(await answer.arrayBuffer()), Buffer.from(bytes)) === 0,
    'S3 holds the same bytes',
  )
}

export const acceptDocument = async (
  world: World,
  clerk: Person,
  person: Person,
  { documentId }: Stored,
): Promise<void> => {
  const path = `/documents/v1/documents/${documentId}/review`
  await world.post(path, { token: clerk.token, body: { decision: 'accepted' } })
  await awaitLetter(world, person.email, 'the document is accepted', /Документ принят/)
}

type RobackDocument = { id: string; deliveries: number }
type CampaignEvent = { eventId: string; campaignId: string; payload: { documentId?: string } }

/** What Campaigns has heard. */
export const campaignEvents = async (world: World): Promise<CampaignEvent[]> =>
  (await world.get<{ events: CampaignEvent[] }>(world.at('campaigns', '/_sim/events'))).events

export const seeDelivered = async (world: World, clerk: Person, stored: Stored): Promise<string> => {
  const url = world.at('roback', '/_sim/documents')
  await eventually(world, 'Roback has the document', async () => {
    const { documents } = await world.get<{ documents: RobackDocument[] }>(url)
    return documents.find(({ id }) => id === stored.documentId)
  })
  const path = `/documents/v1/documents/${stored.documentId}/deliveries`
  const deliveries = await eventually(world, 'all deliveries are done', async () => {
    const { items } = await world.get<{ items: { system: string; state: string }[] }>(path, {
      token: clerk.token,
    })
    return items.length >= 3 && items.every(({ state }) => state === 'delivered') && items
  })
  const cards = await world.get<{ entities: { Ref_Key: string }[] }>(
    world.at('one-c', `/_sim/entities/${encodeURIComponent('Catalog_КонтрагентыПрисоединенныеФайлы')}`),
  )
  must(JSON.stringify(cards).includes(stored.documentId), '1С holds the card of the file under our id')
  const heard = (await campaignEvents(world)).filter(
    ({ payload }) => payload.documentId === stored.documentId,
  )
  must(heard.length === 1, 'Campaigns has heard of the document once')
  return deliveries.map(({ system }) => system).join(', ')
}
