import { may, signedIn } from '@kontora/access'
import type { Sql } from '@kontora/postgres'
import { describe, idempotent, PageOf, Problem, pageFields, pageOf, validate } from '@kontora/service'
import { Id } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import { personOf, seesAll } from '../caller.ts'
import type { Resources } from '../resources.ts'
import { DocumentRequest, NewRequest } from './request.ts'
import { requestDocument } from './request-document.ts'

type Row = Omit<v.InferOutput<typeof DocumentRequest>, 'requestedAt'> & { requestedAt: Date }

const columns = (sql: Sql) => sql`
  requests.id as request_id, requests.user_id, kind, title, due_on::text, campaign_id, requests.state,
  requested_at, documents.id as document_id`

const answerOf = (row: Row) => ({ ...row, requestedAt: row.requestedAt.toISOString() })

export const requests = new Hono<{ Bindings: Resources }>()
  .post(
    '/',
    describe('Asks a person for a document', {
      201: v.object({ requestId: Id, state: v.literal('open') }),
    }),
    may('document:request'),
    idempotent(),
    validate('json', NewRequest),
    async (c) => c.json(await requestDocument(c.env, c.var.user, c.req.valid('json')), 201),
  )
  .get(
    '/',
    describe('What I am asked for; with document:review, what another is', { 200: PageOf(DocumentRequest) }, [
      'forbidden',
    ]),
    signedIn(),
    validate('query', v.strictObject({ userId: v.optional(Id), ...pageFields })),
    async (c) => {
      const { sql, access } = c.env
      const { userId = personOf(c.var.user), limit, cursor = null } = c.req.valid('query')
      if (userId !== c.var.user.id && !(await seesAll(access, c.var.user)))
        throw new Problem('forbidden', 'This needs document:review')
      const rows = await sql<Row[]>`
        select ${columns(sql)} from requests left join documents on documents.request_id = requests.id
        where requests.user_id = ${userId} and (${cursor}::uuid is null or requests.id > ${cursor}::uuid)
        order by requests.id limit ${limit + 1}`
      return c.json(pageOf(rows.map(answerOf), limit, ({ requestId }) => requestId))
    },
  )
  .get(
    '/:id',
    describe('One request, my own or with document:review', { 200: DocumentRequest }, ['not-found']),
    signedIn(),
    validate('param', v.strictObject({ id: Id })),
    async (c) => {
      const { sql, access } = c.env
      const { user } = c.var
      const all = await seesAll(access, user)
      const [row] = await sql<Row[]>`
        select ${columns(sql)} from requests left join documents on documents.request_id = requests.id
        where requests.id = ${c.req.valid('param').id} and (requests.user_id = ${personOf(user)} or ${all})`
      if (!row) throw new Problem('not-found', 'No such request')
      return c.json(answerOf(row))
    },
  )
