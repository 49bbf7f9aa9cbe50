import {
  type Chance,
  type Claims,
  describes,
  keyOfToken,
  Problem,
  type ProblemCode,
  type TokenVerifier,
} from '@kontora/service'
import { createMiddleware } from 'hono/factory'
import { allows, type Held } from './decision.ts'
import { machinePermissions } from './machines.ts'
import type { Access } from './read-model.ts'
import { needsSecondProof, refuseUnproven } from './second-proof.ts'

/** Who calls. A machine's `id` is its client id and it has no session. `authTime` is of the last proof that it is he. */
export type User = {
  id: string
  machine: boolean
  sessionId: string | undefined
  clientId: string
  authTime: Date | undefined
}

export type AccessResources = { access: Access; verifyToken: TokenVerifier }
type Env = {
  Bindings: AccessResources & Pick<Chance, 'now'>
  Variables: { user: User; accessToken?: string }
}

const staleMs = 5000

const userOf = (claims: Claims): User => ({
  id: claims.sub,
  machine: claims.sid === undefined,
  sessionId: claims.sid,
  clientId: claims.client_id,
  authTime: claims.auth_time === undefined ? undefined : new Date(claims.auth_time * 1000),
})

const bearer = (header: string | undefined): string => {
  const token = /^Bearer ([A-Za-z0-9_.-]{1,4096})$/i.exec(header ?? '')?.[1]
  if (!token) throw new Problem('not-signed-in', 'Sign in first')
  return token
}

/** Whoever stole the key signs tokens of anyone with it, of machines too. */
const refuseWithdrawn = async (access: Access, token: string): Promise<void> => {
  if (await access.isWithdrawn(keyOfToken(token)))
    throw new Problem('not-signed-in', 'The key of this token was withdrawn')
}

/** Asked at each request: a token that verifies may still be one of a blocked person or an ended session. */
const refuseRevoked = async (access: Access, claims: Claims): Promise<void> => {
  if (claims.sid === undefined) return
  const { blocked, tokensNotBefore, sessionRevoked } = await access.standing(claims.sub, claims.sid)
  if (blocked) throw new Problem('not-signed-in', 'This person is blocked')
  if (sessionRevoked) throw new Problem('not-signed-in', 'This session has ended')
  if (tokensNotBefore && claims.iat * 1000 < tokensNotBefore.getTime())
    throw new Problem('not-signed-in', 'Sign in again')
}

/** On the line of what is sensitive; a page of `auth` itself calls it. */
export const refuseStale = async (access: Access): Promise<void> => {
  if ((await access.feedAgeMs()) > staleMs)
    throw new Problem('unavailable', 'Whether this is allowed cannot be known just now', {
      retryAfterSeconds: 1,
    })
}

const heldByMachine = (name: string): Held[] =>
  Object.hasOwn(machinePermissions, name)
    ? (machinePermissions[name] ?? []).map((permission) => ({ permission, scope: null }))
    : []

const mayDo = async (access: Access, { id, machine }: User, permission: string): Promise<boolean> =>
  allows(machine ? heldByMachine(id) : await access.held(id), permission)

type Demand = { permission?: string; sensitive: boolean; secondProof: boolean }

const guard = ({ permission, sensitive, secondProof }: Demand) => {
  const problems: ProblemCode[] = [
    'not-signed-in',
    ...(permission ? (['forbidden'] as const) : []),
    ...(secondProof ? (['second-proof-needed'] as const) : []),
  ]
  const middleware = createMiddleware<Env>(async (c, next) => {
    const { access, verifyToken, now } = c.env
    const token = c.get('accessToken') ?? bearer(c.req.header('authorization'))
    const claims = await verifyToken(token)
    await Promise.all([refuseWithdrawn(access, token), refuseRevoked(access, claims)])
    const user = userOf(claims)
    if (sensitive && !user.machine) await refuseStale(access)
    if (permission && !(await mayDo(access, user, permission)))
      throw new Problem('forbidden', `This needs ${permission}`)
    if (secondProof && !user.machine) refuseUnproven(claims, now())
    c.set('user', user)
    await next()
  })
  return describes(middleware, {
    security: 'bearer',
    problems,
    ...(permission && { permission }),
    ...(secondProof && { secondProof }),
  })
}

/**
 * A live token of a person or a machine. `sensitive` also refuses while the feed of revocations is older than 5 s, and
 * `secondProof` besides whoever has not just proven a second time that it is he.
 */
export const signedIn = ({
  sensitive = false,
  secondProof = false,
}: Partial<Omit<Demand, 'permission'>> = {}) => guard({ sensitive: sensitive || secondProof, secondProof })

/** The permission, never a role: the token says who, the read model says what he may now. */
export const may = (permission: string) =>
  guard({ permission, sensitive: true, secondProof: needsSecondProof(permission) })

/** For a route whose answer depends on more than one permission. */
export const isAllowed = (access: Access, user: User, permission: string): Promise<boolean> =>
  mayDo(access, user, permission)
