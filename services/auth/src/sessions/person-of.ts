import type { User } from '@kontora/access'
import { describes, Problem } from '@kontora/service'
import { createMiddleware } from 'hono/factory'

/** A machine's token has no session and its id is no user's. */
export const personOf = (user: User): User => {
  if (user.machine) throw new Problem('forbidden', 'This is for people')
  return user
}

/** On the line of a route, before what comes in is looked at. */
export const people = () =>
  describes(
    createMiddleware<{ Variables: { user: User } }>(async (c, next) => {
      personOf(c.var.user)
      await next()
    }),
    { problems: ['forbidden'] },
  )
