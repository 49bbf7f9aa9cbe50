import type { SeededChance } from './chance.ts'
import { lieInCallback } from './lie-in-callback.ts'
import type { World } from './world.ts'

export type Letter = { method: string; url: string; body: string | undefined; expected: 200 | 403 }

const minuteMs = 60_000
const tries = 3
const retryMs = 30_000
const liesPerMille = 100

const requestOf = ({ method, url, body }: Letter): Request =>
  new Request(url, {
    method,
    ...(body !== undefined && {
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    }),
  })

/** Up to 72 hours late. */
const delayMs = (chance: SeededChance): number =>
  chance.below(
    chance.pick([1, 1, 1, 2000, 10_000, 5 * minuteMs, 5 * minuteMs, 3 * 60 * minuteMs, 72 * 60 * minuteMs]),
  )

/** The way of callbacks to us, which loses, doubles, delays and so reorders them. */
export const createWire = (world: () => World, chance: SeededChance) => {
  const genuine: Letter[] = []
  let delivered = 0
  let letters = 0

  /** One copy. Whoever sends it tries again where he got no answer, or one of a fault. */
  const send = (letter: Letter, afterMs: number): void => {
    const { spawn, serve, verbs, sleep, broken } = world()
    spawn(`callback-${++letters}`, afterMs, async (party) => {
      for (let n = 0; n < tries; n++) {
        delivered++
        const served = await serve(party, 'door', (resources) =>
          verbs.receiveCallback(resources, requestOf(letter)),
        )
        if (served !== 'crashed') {
          const { status } = served.value
          if (status === letter.expected) return
          if (status < 500 || !served.wasCut)
            broken(`a callback was answered ${status}, not ${letter.expected}`)
        }
        await sleep(party, retryMs)
      }
    })
  }

  return {
    genuine,
    send,
    delivered: () => delivered,
    /** What the bank hears is another matter than what arrives. */
    receive: async (request: Request): Promise<Response> => {
      const { method, url } = request
      const letter: Letter = {
        method,
        url,
        body: method === 'GET' ? undefined : await request.text(),
        expected: 200,
      }
      genuine.push(letter)
      const calm = world().isCalm()
      const copies = calm ? 1 : chance.pick([0, 0, 1, 1, 1, 2, 2, 3])
      for (let n = 0; n < copies; n++) {
        const isLie = !calm && chance.happens(liesPerMille)
        send(isLie ? lieInCallback(letter) : letter, calm ? 0 : delayMs(chance))
      }
      return new Response(null, { status: calm ? 200 : chance.pick([200, 200, 200, 500]) })
    },
  }
}
export type Wire = ReturnType<typeof createWire>
