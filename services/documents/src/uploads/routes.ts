import { signedIn } from '@kontora/access'
import { describe, idempotent, validate } from '@kontora/service'
import { Id } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import { personOf } from '../caller.ts'
import type { Resources } from '../resources.ts'
import { checkArrival } from './check-arrival.ts'
import { completeUpload } from './complete-upload.ts'
import { makeLink, UploadAnswer } from './make-link.ts'
import { startUpload } from './start-upload.ts'
import { NewUpload } from './upload.ts'

const Stored = v.object({ documentId: Id, versionId: Id, state: v.literal('stored') })
const ById = v.strictObject({ id: Id })

export const requestUploads = new Hono<{ Bindings: Resources }>().post(
  '/:id/uploads',
  describe('A link to upload one file of this size and checksum', { 201: UploadAnswer }, [
    'forbidden',
    'not-found',
    'conflict',
    'gone',
  ]),
  signedIn(),
  idempotent<Resources>({ anew: makeLink }),
  validate('param', ById),
  validate('json', NewUpload),
  async (c) => {
    const what = { requestId: c.req.valid('param').id, ...c.req.valid('json') }
    // The kept answer is the id alone; `makeLink` adds the link after the commit.
    return c.json(await startUpload(c.env, personOf(c.var.user), what), 201)
  },
)

export const uploads = new Hono<{ Bindings: Resources }>().post(
  '/:id/complete',
  describe('The file is there: keeps it as the next version of the document', { 201: Stored }, [
    'forbidden',
    'not-found',
    'conflict',
    'gone',
  ]),
  signedIn(),
  validate('param', ById),
  checkArrival(),
  idempotent(),
  async (c) =>
    c.json(await completeUpload(c.env, personOf(c.var.user), { uploadId: c.req.valid('param').id }), 201),
)
