import { may } from '@kontora/access'
import { describe, validate } from '@kontora/service'
import { Id } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { KnownLegalEntity, LegalEntity } from './legal-entity.ts'
import { putLegalEntity } from './put-legal-entity.ts'
import { readLegalEntities } from './read-legal-entities.ts'

const Put = v.object({ legalEntityId: Id, version: v.number() })

export const legalEntities = new Hono<{ Bindings: Resources }>()
  .get(
    '/',
    describe('The sellers, as they are now', { 200: v.object({ items: v.array(KnownLegalEntity) }) }),
    may('legal-entity:read'),
    async (c) => c.json({ items: await readLegalEntities(c.env.sql) }),
  )
  .put(
    '/:id',
    describe('Make or change a seller; what is issued already stays as it is', { 200: Put }, ['conflict']),
    may('legal-entity:write'),
    validate('param', v.strictObject({ id: Id })),
    validate('json', LegalEntity),
    async (c) => {
      const what = { legalEntityId: c.req.valid('param').id, entity: c.req.valid('json') }
      return c.json(await putLegalEntity(c.env, c.var.user, what))
    },
  )
