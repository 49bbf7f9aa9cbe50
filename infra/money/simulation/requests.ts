import type { Resources } from '../../../services/payment/src/resources.ts'
import type { SeededChance } from './chance.ts'
import type { Party } from './schedule.ts'
import { serviceOver } from './service.ts'
import type { World } from './world.ts'

export type Request = { userId: string; path: string; body: object }
export type Answered = { status: number; json: Record<string, unknown> }
type Keyed = Request & { key: string }

const tries = 6

/** People at the service's door: who gets no answer asks again with the same key, and some click twice. */
export const createRequests = (world: () => World, chance: SeededChance) => {
  const app = serviceOver(world().verbs)
  const firstAnswers = new Map<string, object>()

  const post = async (resources: Resources, { userId, path, body, key }: Keyed) => {
    const headers = { 'content-type': 'application/json', 'x-user': userId, 'idempotency-key': key }
    const init = { method: 'POST', headers, body: JSON.stringify(body) }
    const response = await app.request(path, init, resources)
    return { status: response.status, json: (await response.json()) as Answered['json'] }
  }

  /** A repeat answers as the first one did; jsonb has an order of its own. */
  const compare = (key: string, json: object): void => {
    const first = firstAnswers.get(key) ?? json
    firstAnswers.set(key, first)
    if (!Bun.deepEquals(first, json))
      world().broken(`a repeat was answered ${JSON.stringify(json)}, after ${JSON.stringify(first)}`)
  }

  const once = async (party: Party, asked: Keyed): Promise<Answered | undefined> => {
    const { serve, broken } = world()
    const served = await serve(party, asked.path, (resources) => post(resources, asked))
    if (served === 'crashed') return undefined
    const { status, json } = served.value
    if (status < 300) compare(asked.key, json)
    if (status >= 500 && !served.wasCut) broken(`${asked.path} was answered ${status}`)
    return status >= 500 ? undefined : served.value
  }

  const insist = async (party: Party, asked: Keyed): Promise<Answered | undefined> => {
    const { sleep, isCalm } = world()
    for (let n = 0; n < tries; n++) {
      const answered = await once(party, asked)
      const isLost = !isCalm() && chance.happens(100)
      if (answered && !isLost) return answered
      await sleep(party, chance.below(20_000))
    }
    return undefined
  }

  return async (party: Party, request: Request): Promise<Answered | undefined> => {
    const { spawn, newId } = world()
    const asked = { ...request, key: newId() }
    if (chance.happens(150))
      spawn(`${party.name}-twin`, chance.below(3) * 1000, async (twin) => void (await insist(twin, asked)))
    return insist(party, asked)
  }
}
