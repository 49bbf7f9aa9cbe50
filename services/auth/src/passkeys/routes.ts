import { signedIn, type User } from '@kontora/access'
import { describe, idempotent, validate } from '@kontora/service'
import { Id, Name } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { people } from '../sessions/person-of.ts'
import { addPasskey, NewPasskey } from './add-passkey.ts'
import { askToAdd } from './ask-to-add.ts'
import { namePasskey } from './name-passkey.ts'
import { PasskeyAnswer, PasskeyName } from './passkey.ts'
import { readPasskeys } from './read-passkeys.ts'
import { removePasskey } from './remove-passkey.ts'

export const ChallengeAnswer = v.object({
  challengeId: v.string(),
  expiresAt: v.string(),
  options: v.looseObject({ challenge: v.string() }),
})

const ById = v.strictObject({ id: Id })

export const passkeys = new Hono<{ Bindings: Resources; Variables: { user: User } }>()
  .get(
    '/',
    describe(
      'My passkeys, in the order of their adding',
      { 200: v.object({ items: v.array(PasskeyAnswer) }) },
      ['forbidden'],
    ),
    signedIn(),
    people(),
    async (c) => {
      const rows = await readPasskeys(c.env.sql, c.var.user.id)
      return c.json({
        items: rows.map(({ addedAt, usedAt, ...row }) => ({
          ...row,
          addedAt: addedAt.toISOString(),
          usedAt: usedAt?.toISOString() ?? null,
        })),
      })
    },
  )
  .post(
    '/challenges',
    describe('What `navigator.credentials.create` needs for a new passkey', { 201: ChallengeAnswer }),
    signedIn({ secondProof: true }),
    people(),
    validate('json', v.strictObject({ accountName: Name(200) })),
    async (c) => {
      c.header('cache-control', 'no-store')
      const { id: userId, sessionId = '' } = c.var.user
      const adder = { userId, sessionId, ...c.req.valid('json') }
      const { expiresAt, ...asking } = await askToAdd(c.env, adder)
      return c.json({ ...asking, expiresAt: expiresAt.toISOString() }, 201)
    },
  )
  .post(
    '/',
    describe('Adds the passkey that was made for a challenge', { 201: v.object({ id: Id }) }, ['conflict']),
    signedIn({ secondProof: true }),
    people(),
    idempotent(),
    validate('json', NewPasskey),
    async (c) => c.json(await addPasskey(c.env, c.var.user, c.req.valid('json')), 201),
  )
  .patch(
    '/:id',
    describe('Gives a passkey of mine another name', { 204: null }, ['not-found']),
    signedIn(),
    people(),
    validate('param', ById),
    validate('json', v.strictObject({ name: PasskeyName })),
    async (c) => {
      await namePasskey(c.env, c.var.user, { ...c.req.valid('param'), ...c.req.valid('json') })
      return c.body(null, 204)
    },
  )
  .delete(
    '/:id',
    describe('Removes a passkey of mine', { 204: null }, ['not-found']),
    signedIn({ secondProof: true }),
    people(),
    validate('param', ById),
    async (c) => {
      await removePasskey(c.env, c.var.user, c.req.valid('param').id)
      return c.body(null, 204)
    },
  )
