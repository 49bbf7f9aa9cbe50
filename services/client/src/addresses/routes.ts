import { may } from '@kontora/access'
import { describe, idempotent, validate } from '@kontora/service'
import { Email, Id, Inn, Locale } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { readUsers, readUsersByInn } from '../users/read-users.ts'
import { User } from '../users/user.ts'
import { Registration, registerAddress } from './register-address.ts'

const Resolved = v.object({ userId: v.nullable(Id), blocked: v.boolean(), locale: Locale })
const UserIds = v.strictObject({ userIds: v.pipe(v.array(Id), v.minLength(1), v.maxLength(100)) })
const People = v.object({ people: v.array(v.pick(User, ['userId', 'email', 'displayName', 'locale'])) })
const Payers = v.object({
  people: v.array(v.pick(User, ['userId', 'displayName', 'kind', 'inn', 'kpp'])),
})

export const addresses = new Hono<{ Bindings: Resources }>()
  .post(
    '/resolve',
    describe('Whose address this is', { 200: Resolved }),
    may('address:resolve'),
    validate('json', v.strictObject({ email: Email })),
    async (c) => {
      const [found] = await c.env.sql<v.InferOutput<typeof Resolved>[]>`
        select user_id, state <> 'active' as blocked, locale from addresses join users using (user_id)
        where email = ${c.req.valid('json').email}`
      return c.json(found ?? { userId: null, blocked: false, locale: 'ru' as const })
    },
  )
  .post(
    '/register',
    describe('The user of this address, registered or found', { 200: v.object({ userId: Id }) }),
    may('user:register'),
    idempotent(),
    validate('json', Registration),
    async (c) => c.json(await registerAddress(c.env, c.var.user, c.req.valid('json'))),
  )
  .post(
    '/read',
    describe('How to write to these people; blocked and deleted ones are left out', { 200: People }),
    may('address:read'),
    validate('json', UserIds),
    async (c) => {
      const found = await readUsers(c.env.sql, c.req.valid('json').userIds, ['active'])
      const people = found.map(({ userId, email, displayName, locale }) => ({
        userId,
        email,
        displayName,
        locale,
      }))
      return c.json({ people: people.filter(({ email }) => email !== null) })
    },
  )

const payersOf = (found: readonly User[]) => ({
  people: found.map(({ userId, displayName, kind, inn, kpp }) => ({ userId, displayName, kind, inn, kpp })),
})

const Inns = v.strictObject({ inns: v.pipe(v.array(Inn), v.minLength(1), v.maxLength(100)) })

export const requisites = new Hono<{ Bindings: Resources }>()
  .post(
    '/read',
    describe(
      'Whom to bill: what a person owed before he was blocked is still booked; deleted people are left out',
      { 200: Payers },
    ),
    may('requisites:read'),
    validate('json', UserIds),
    async (c) =>
      c.json(payersOf(await readUsers(c.env.sql, c.req.valid('json').userIds, ['active', 'blocked']))),
  )
  .post(
    '/find',
    describe('Who has these ИНН: whose payment a line of a bank statement is', { 200: Payers }),
    may('requisites:read'),
    validate('json', Inns),
    async (c) => c.json(payersOf(await readUsersByInn(c.env.sql, c.req.valid('json').inns))),
  )
