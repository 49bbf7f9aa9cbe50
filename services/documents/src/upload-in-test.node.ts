import { createHash } from 'node:crypto'
import type { TestStand } from './open-test-stand.node.ts'

/** The smallest thing that a PDF reader opens: one empty page. */
export const pdf = new TextEncoder().encode(`%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj
trailer<</Root 1 0 R>>
%%EOF
`)

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

export const fileOf = (bytes: Uint8Array, more: object = {}) => ({
  fileName: 'Паспорт, стр. 1.pdf',
  contentType: 'application/pdf',
  sizeBytes: bytes.length,
  sha256: sha256(bytes),
  ...more,
})

export type Link = { url: string; method: string; headers: Record<string, string>; expiresAt: string }

export const sendFile = (link: Link, bytes: Uint8Array): Promise<Response> =>
  fetch(link.url, { method: link.method, headers: link.headers, body: Uint8Array.from(bytes) })

/** The steps that most tests begin with; each throws when it is refused. */
export const openSteps = ({ call, access }: TestStand) => {
  const officer = crypto.randomUUID()
  const permit = () => access.allow(officer, ['document:request', 'document:review', 'document:deliver'])

  const expectStatus = async (status: number, answer: ReturnType<typeof call>) => {
    const got = await answer
    if (got.status !== status) throw new Error(`Answered ${got.status} ${JSON.stringify(got.answer)}`)
    return got.answer
  }

  const ask = async (userId: string, more: object = {}): Promise<string> => {
    const body = { userId, kind: 'passport', title: 'Копия паспорта', ...more }
    const { requestId } = await expectStatus(201, call(officer, 'POST', '/v1/requests', body))
    return String(requestId)
  }
  const start = async (userId: string, requestId: string, bytes: Uint8Array = pdf, more: object = {}) => {
    const path = `/v1/requests/${requestId}/uploads`
    const answer = await expectStatus(201, call(userId, 'POST', path, fileOf(bytes, more)))
    return answer as { uploadId: string; upload: Link }
  }
  const complete = async (userId: string, uploadId: string) =>
    (await expectStatus(201, call(userId, 'POST', `/v1/uploads/${uploadId}/complete`))) as {
      documentId: string
      versionId: string
    }
  const store = async (userId: string, requestId: string, bytes: Uint8Array = pdf) => {
    const { uploadId, upload } = await start(userId, requestId, bytes)
    const sent = await sendFile(upload, bytes)
    if (!sent.ok) throw new Error(`S3 answered ${sent.status}`)
    return { uploadId, ...(await complete(userId, uploadId)) }
  }
  const review = (documentId: string, body: object) =>
    expectStatus(200, call(officer, 'POST', `/v1/documents/${documentId}/review`, body))
  const accepted = async (userId: string, more: object = {}) => {
    const requestId = await ask(userId, more)
    const { documentId } = await store(userId, requestId)
    await review(documentId, { decision: 'accepted' })
    return { requestId, documentId }
  }
  return { officer, permit, ask, start, complete, store, review, accepted }
}
