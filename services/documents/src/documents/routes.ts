import { may, signedIn, type User } from '@kontora/access'
import { describe, idempotent, PageOf, pageFields, pageOf, validate } from '@kontora/service'
import { Id } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import { personOf, seesAll } from '../caller.ts'
import type { Resources } from '../resources.ts'
import { DocumentCard, DocumentState, DocumentSummary, Review } from './document.ts'
import { giveDownload } from './give-download.ts'
import { listDocuments, type Reader, readDocument } from './read-documents.ts'
import { reviewDocument } from './review-document.ts'

const ById = v.strictObject({ id: Id })
const Wanted = v.strictObject({
  state: v.optional(DocumentState),
  userId: v.optional(Id),
  ...pageFields,
})

const readerOf = async ({ access }: Resources, user: User): Promise<Reader> => ({
  userId: personOf(user),
  all: await seesAll(access, user),
})

export const documents = new Hono<{ Bindings: Resources }>()
  .get(
    '/',
    describe('Documents in the order of their first upload', { 200: PageOf(DocumentSummary) }),
    may('document:review'),
    validate('query', Wanted),
    async (c) => {
      const { limit, ...wanted } = c.req.valid('query')
      const rows = await listDocuments(c.env.sql, { ...wanted, limit: limit + 1 })
      return c.json(pageOf(rows, limit, ({ documentId }) => documentId))
    },
  )
  .get(
    '/:id',
    describe('One document, my own or with document:review', { 200: DocumentCard }, [
      'forbidden',
      'not-found',
    ]),
    signedIn(),
    validate('param', ById),
    async (c) => {
      const reader = await readerOf(c.env, c.var.user)
      return c.json(await readDocument(c.env.sql, reader, c.req.valid('param').id))
    },
  )
  .post(
    '/:id/review',
    describe('Accepts or rejects the last version', { 200: v.object({ state: DocumentState }) }, [
      'not-found',
      'conflict',
    ]),
    may('document:review'),
    idempotent(),
    validate('param', ById),
    validate('json', Review),
    async (c) => {
      const what = { ...c.req.valid('json'), documentId: c.req.valid('param').id }
      return c.json(await reviewDocument(c.env, c.var.user, what))
    },
  )
  .get(
    '/:id/download',
    describe(
      'A link to the file, for a minute',
      { 200: v.object({ url: v.string(), expiresAt: v.string() }) },
      ['forbidden', 'not-found'],
    ),
    signedIn({ sensitive: true }),
    validate('param', ById),
    validate('query', v.strictObject({ versionId: v.optional(Id) })),
    async (c) => {
      const reader = await readerOf(c.env, c.var.user)
      const what = { documentId: c.req.valid('param').id, ...c.req.valid('query') }
      c.header('cache-control', 'no-store')
      return c.json(await giveDownload(c.env, reader, what))
    },
  )
