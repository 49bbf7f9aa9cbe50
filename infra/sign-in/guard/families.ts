import { accessHandlers } from '../../../packages/access/index.ts'
import type { Envelope } from '../../../packages/events/index.ts'
import type { Headers, Stand } from './stand.ts'

type Tokens = { accessToken: string; refreshToken: string }
/** One session: its newest refresh token, those before it, and all access tokens that it has given. */
export type Family = { newest: string; old: string[]; accessTokens: string[] }

export const createFamilies = (stand: Stand) => {
  let heard = 0

  const open = async (email: string, headers: Headers): Promise<Family> => {
    stand.world.invite(email)
    const { code, ...flow } = await stand.mustAsk(email)
    const answer = await stand.post('/v1/sign-in', { ...flow, code }, headers)
    const { accessToken, refreshToken } = (await answer.json()) as Tokens
    return { newest: refreshToken, old: [], accessTokens: [accessToken] }
  }

  const refresh = async (refreshToken: string, headers: Headers): Promise<Tokens | undefined> => {
    const fields = { grant_type: 'refresh_token', refresh_token: refreshToken }
    const answer = await stand.form('/v1/token', fields, headers)
    const body = (await answer.json()) as { access_token: string; refresh_token: string }
    if (answer.status !== 200) return undefined
    return { accessToken: body.access_token, refreshToken: body.refresh_token }
  }

  const isLive = async (accessToken: string): Promise<boolean> => {
    const answer = await stand.get('/v1/sessions', { authorization: `Bearer ${accessToken}` })
    await answer.arrayBuffer()
    return answer.status === 200
  }

  /** What Kafka would bring to every service's read model. */
  const hearRevoked = async (): Promise<void> => {
    const events = await stand.world.events('auth.session-revoked')
    const handler = accessHandlers<Stand['replicas'][number]>().find(
      ({ name }) => name === 'access-revoke-session',
    )
    const [resources] = stand.replicas
    if (!handler || !resources) throw new Error('Nobody hears of sessions that end')
    const envelope = { time: stand.now().toISOString() } as Envelope
    for (const data of events.slice(heard))
      await handler.handle(resources, { service: 'auth' }, data as never, envelope)
    heard = events.length
  }

  return { open, refresh, isLive, hearRevoked }
}
