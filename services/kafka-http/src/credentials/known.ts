import { describes, Problem } from '@kontora/service'
import { createMiddleware } from 'hono/factory'
import type { Relay } from '../log/message-log.ts'
import type { Resources } from '../resources.ts'
import { type Credential, may } from './credential.ts'
import { hashOf, sameHash } from './password.ts'

export type Env = { Bindings: Resources; Variables: { credential: Credential; relay?: Relay } }

const nobody = '0'.repeat(64)

const basic = (header: string | undefined): { name: string; password: string } | undefined => {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header ?? '')?.[1]
  if (!encoded || encoded.length > 1000) return undefined
  try {
    const text = atob(encoded)
    const colon = text.indexOf(':')
    return colon < 0 ? undefined : { name: text.slice(0, colon), password: text.slice(colon + 1) }
  } catch {
    return undefined
  }
}

/** HTTP Basic. What was changed is in force a second later. */
export const known = () =>
  describes(
    createMiddleware<Env>(async (c, next) => {
      const asked = basic(c.req.header('authorization'))
      if (!asked) throw new Problem('not-signed-in', 'Send a user and a password (HTTP Basic)')
      const hash = await hashOf(asked.password)
      const fits = (credential?: Credential) => sameHash(credential?.passwordHash ?? nobody, hash)
      let credential = (await c.env.credentials()).get(asked.name)
      if (!fits(credential)) credential = (await c.env.credentials(true)).get(asked.name)
      if (!credential || !fits(credential))
        throw new Problem('not-signed-in', 'The user or the password is wrong')
      c.set('credential', credential)
      await next()
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
