import { describes, Problem } from '@kontora/service'
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { Relay } from '../log/message-log.ts'
import type { Resources } from '../resources.ts'
import { type Asked, askedByHeader, askedByQuery } from './asked.ts'
import { type Credential, may } from './credential.ts'
import { chargeAnswer, chargeRequest } from './limits.ts'
import { sameHash } from './password.ts'

export type Env = { Bindings: Resources; Variables: { credential: Credential; relay?: Relay } }

const nobody = '0'.repeat(64)

const askedOf = (c: Context<Env>, inQuery: boolean): Asked | undefined =>
  askedByHeader(c.req.header('authorization')) ?? (inQuery ? askedByQuery(c.req.query()) : undefined)

/** An unknown user takes the same steps as a wrong password, and so the same time. */
const credentialOf = async (
  { credentials, hashes }: Resources,
  asked: Asked,
): Promise<Credential | undefined> => {
  const hash = await hashes(asked.password)
  const fitting = (known: Map<string, Credential>): Credential | undefined => {
    const credential = known.get(asked.name)
    return sameHash(credential?.passwordHash ?? nobody, hash) ? credential : undefined
  }
  return fitting(await credentials()) ?? fitting(await credentials(true))
}

/** HTTP Basic. What was changed is in force a second later. */
export const known = ({ inQuery = false } = {}) =>
  describes(
    createMiddleware<Env>(async (c, next) => {
      const asked = askedOf(c, inQuery)
      if (!asked) throw new Problem('not-signed-in', 'Send a user and a password (HTTP Basic)')
      const credential = await credentialOf(c.env, asked)
      if (!credential) throw new Problem('not-signed-in', 'The user or the password is wrong')
      c.set('credential', credential)
      await chargeRequest(c, credential)
      await next()
      await chargeAnswer(c, credential)
    }),
    { security: 'basic' },
  )

export const requireRight = (
  credential: Credential,
  permission: 'PRODUCE' | 'CONSUME',
  topics: Iterable<string>,
): void => {
  for (const topic of new Set(topics))
    if (!may(credential, permission, topic))
      throw new Problem('forbidden', `The credential has no right to ${permission.toLowerCase()} this topic`)
}
