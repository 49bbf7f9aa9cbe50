import { signedIn, type User } from '@kontora/access'
import { describe } from '@kontora/service'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { people } from '../sessions/person-of.ts'
import { makeRecoveryCodes } from './make-recovery-codes.ts'
import { recoveryCodesLeft } from './read-recovery-codes.ts'

const Left = v.object({ left: v.number(), madeAt: v.nullable(v.string()) })

export const recoveryCodes = new Hono<{ Bindings: Resources; Variables: { user: User } }>()
  .get(
    '/',
    describe('How many of my recovery codes are left', { 200: Left }),
    signedIn(),
    people(),
    async (c) => {
      const { left, madeAt } = await recoveryCodesLeft(c.env.sql, c.var.user.id)
      return c.json({ left, madeAt: madeAt?.toISOString() ?? null })
    },
  )
  .post(
    '/',
    describe(
      'Ten new recovery codes, told this once; those of before end',
      {
        201: v.object({ codes: v.array(v.string()) }),
      },
      ['forbidden'],
    ),
    signedIn({ secondProof: true }),
    people(),
    async (c) => {
      c.header('cache-control', 'no-store')
      return c.json({ codes: await makeRecoveryCodes(c.env, c.var.user) }, 201)
    },
  )
