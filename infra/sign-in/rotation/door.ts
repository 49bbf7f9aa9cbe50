export type Way = 'open' | 'down'

type Options = {
  /** Where the keys are. */
  url: string
  now: () => Date
  /** Whether it keeps an answer for as long as its `max-age` allows, as a cache between us and `auth` may. */
  keeps: boolean
}

/** One verifier's way to the keys over real HTTP: notes when it is asked, may be down or keep what it was told. */
export const openDoor = ({ url, now, keeps }: Options) => {
  const askedAt: number[] = []
  let way: Way = 'open'
  let kept: { body: string; until: number } | undefined

  const answer = async (): Promise<Response> => {
    const time = now().getTime()
    if (way === 'down') return new Response('down', { status: 503 })
    if (kept && kept.until > time) return new Response(kept.body)
    const real = await fetch(url)
    const seconds = Number(/max-age=(\d+)/.exec(real.headers.get('cache-control') ?? '')?.[1] ?? 0)
    const body = await real.text()
    if (keeps) kept = { body, until: time + seconds * 1000 }
    return new Response(body, { status: real.status })
  }

  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: answer })
  return {
    url: server.url.href,
    askedAt,
    /** Notes the time of the question: until it is heard here the clock may have been passed on. */
    ask: (input: string, init: RequestInit): Promise<Response> => {
      askedAt.push(now().getTime())
      return fetch(input, init)
    },
    turn: (to: Way) => {
      way = to
    },
    close: () => server.stop(true),
  }
}
export type Door = ReturnType<typeof openDoor>

/** The smallest time between two questions. */
export const smallestGapMs = ({ askedAt }: Door): number =>
  Math.min(...askedAt.slice(1).map((time, i) => time - (askedAt[i] ?? 0)), Number.POSITIVE_INFINITY)
