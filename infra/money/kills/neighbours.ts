/** Whoever the payment service asks that is not killed here: `auth` and `client`, and the way by which callbacks come in. */
type Neighbours = {
  jwk: object
  machineToken: () => Promise<string>
  /** The replicas' addresses. */
  replicas: string[]
}

const person = (userId: string) => ({
  userId,
  displayName: 'Плательщик',
  kind: 'person',
  inn: null,
  kpp: null,
})

/** To either replica, as a balancer does: who cannot be reached has not got it, and the bank calls again. */
const createBalancer = (replicas: string[]) => {
  let turn = 0
  return async (path: string): Promise<Response> => {
    turn++
    const url = `${replicas[turn % replicas.length]}${path}`
    const answer = await fetch(url, { signal: AbortSignal.timeout(8000) }).catch(() => undefined)
    return new Response(null, { status: answer?.status ?? 502 })
  }
}

export const startNeighbours = ({ jwk, machineToken, replicas }: Neighbours) => {
  const balance = createBalancer(replicas)
  const keys = { keys: [{ ...jwk, kid: 'test', use: 'sig', alg: 'EdDSA' }] }
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    routes: {
      '/jwks': () => Response.json(keys),
      '/token': async () => Response.json({ access_token: await machineToken(), expires_in: 300 }),
      '/v1/requisites/read': async (request) => {
        const { userIds } = (await request.json()) as { userIds: string[] }
        return Response.json({ people: userIds.map(person) })
      },
      '/v1/vtb/callback': (request) => balance(`/v1/vtb/callback${new URL(request.url).search}`),
    },
    fetch: () => new Response(null, { status: 404 }),
  })
  return { url: `http://127.0.0.1:${server.port}`, stop: () => server.stop(true) }
}
