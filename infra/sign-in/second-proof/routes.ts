import { needsSecondProof } from '../../../packages/access/second-proof.ts'
import type { Doors } from './doors.ts'

type Described = { 'x-permission'?: string; 'x-second-proof'?: true; requestBody?: object }
type OpenApi = { paths: Record<string, Record<string, Described>> }

export type Route = {
  name: string
  method: string
  path: string
  isSensitive: boolean
  door: Doors['doors'][number]
}

/** Every route of every service, by its own document; which are sensitive say the list of permissions and the document. */
export const readRoutes = async ({ doors }: Doors): Promise<Route[]> => {
  const ofEach = doors.map(async (door) => {
    const answer = await door.app.request('/openapi.json', {}, door.resources)
    const { paths } = (await answer.json()) as OpenApi
    return Object.entries(paths).flatMap(([path, verbs]) =>
      Object.entries(verbs).map(([verb, said]) => ({
        ...{ name: `${verb.toUpperCase()} /${door.service}${path}`, method: verb.toUpperCase(), path, door },
        isSensitive: said['x-second-proof'] === true || needsSecondProof(said['x-permission'] ?? ''),
      })),
    )
  })
  return (await Promise.all(ofEach)).flat()
}

type Verdict = 'allowed' | 'unproven' | `status ${number}`

/** A request that is wrong enough to change little, and right enough to be looked at behind the guard. */
export const knock = async ({ method, path, door }: Route, token: string): Promise<Verdict> => {
  const hasBody = method !== 'GET' && method !== 'DELETE'
  const answer = await door.app.request(
    path.replaceAll(/\{\w+\}/g, () => crypto.randomUUID()),
    {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'idempotency-key': crypto.randomUUID(),
        ...(hasBody && { 'content-type': 'application/json' }),
      },
      ...(hasBody && { body: '{}' }),
    },
    door.resources,
  )
  const challenge = answer.headers.get('www-authenticate') ?? ''
  const { type, title = '' } = (await answer.json().catch(() => ({}))) as { type?: string; title?: string }
  const isRefused = answer.status === 401 && type === '/problems/second-proof-needed'
  if (isRefused && /error="insufficient_user_authentication".* max_age="300"/.test(challenge))
    return 'unproven'
  const isBehind = answer.status < 500 && answer.status !== 401 && !title.startsWith('This needs')
  return isBehind ? 'allowed' : `status ${answer.status}`
}
