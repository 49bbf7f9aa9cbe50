import { may, signedIn } from '@kontora/access'
import { describe, idempotent, PageOf, Problem, pageFields, pageOf, validate } from '@kontora/service'
import { Email, Id } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { createUser, NewUser } from './create-user.ts'
import { listUsers, readUser } from './read-users.ts'
import { User } from './user.ts'

const Held = v.object({ permission: v.string(), scope: v.nullable(v.string()) })
const Me = v.object({ ...User.entries, permissions: v.array(Held) })

const readCreated = (resources: Resources, kept: object) =>
  readUser(resources.sql, v.parse(v.object({ userId: Id }), kept).userId)

export const me = new Hono<{ Bindings: Resources }>().get(
  '/',
  describe('Who I am and what I may', { 200: Me }, ['forbidden', 'not-found']),
  signedIn(),
  async (c) => {
    const { id, machine } = c.var.user
    if (machine) throw new Problem('forbidden', 'This is for people')
    const user = await readUser(c.env.sql, id)
    return c.json({ ...user, permissions: await c.env.access.held(id) })
  },
)

export const users = new Hono<{ Bindings: Resources }>()
  .post(
    '/',
    describe('A new user with an address that nobody has', { 201: User }, ['conflict']),
    may('user:create'),
    // The kept answer holds the id alone: name and address are read anew.
    idempotent<Resources>({ anew: readCreated }),
    validate('json', NewUser),
    async (c) => c.json(await createUser(c.env, c.var.user, c.req.valid('json')), 201),
  )
  .get(
    '/',
    describe('Users in the order of their creation', { 200: PageOf(User) }),
    may('user:read'),
    validate('query', v.strictObject({ email: v.optional(Email), ...pageFields })),
    async (c) => {
      const { limit, ...wanted } = c.req.valid('query')
      const rows = await listUsers(c.env.sql, { ...wanted, limit: limit + 1 })
      return c.json(pageOf(rows, limit, ({ userId }) => userId))
    },
  )
  .get(
    '/:id',
    describe('One user', { 200: User }, ['not-found']),
    may('user:read'),
    validate('param', v.strictObject({ id: Id })),
    async (c) => c.json(await readUser(c.env.sql, c.req.valid('param').id)),
  )
