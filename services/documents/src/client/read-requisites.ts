import * as v from 'valibot'
import type { Fetch } from '../partners/open-partner.ts'
import { PartnerFault } from '../partners/partner-fault.ts'

const Requisites = v.object({
  userId: v.string(),
  displayName: v.nullable(v.string()),
  kind: v.picklist(['person', 'company']),
  inn: v.nullable(v.string()),
  kpp: v.nullable(v.string()),
})
export type Requisites = v.InferOutput<typeof Requisites>
const Answer = v.object({ people: v.array(Requisites) })

type Options = { url: string; token: (audience: string) => Promise<string>; fetch?: Fetch | undefined }

const readMs = 5_000

/** Undefined for a person who is deleted; a blocked one is still told. */
export const openRequisites = ({ url, token, fetch: given }: Options) => {
  const send: Fetch = given ?? fetch
  const ask = async (userId: string): Promise<Response> => {
    try {
      return await send(`${url.replace(/\/+$/, '')}/v1/requisites/read`, {
        method: 'POST',
        headers: { authorization: `Bearer ${await token('client')}`, 'content-type': 'application/json' },
        body: JSON.stringify({ userIds: [userId] }),
        signal: AbortSignal.timeout(readMs),
      })
    } catch {
      throw new PartnerFault('client', 'unavailable', 'no-answer')
    }
  }
  return async (userId: string): Promise<Requisites | undefined> => {
    const response = await ask(userId)
    if (!response.ok) throw new PartnerFault('client', 'unavailable', String(response.status))
    const answer = v.safeParse(Answer, await response.json().catch(() => undefined))
    if (!answer.success) throw new PartnerFault('client', 'unavailable', 'garbage')
    return answer.output.people.find((person) => person.userId === userId)
  }
}
