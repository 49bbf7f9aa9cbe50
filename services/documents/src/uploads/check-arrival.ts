import type { User } from '@kontora/access'
import type { Files } from '@kontora/files'
import { Problem } from '@kontora/service'
import { createMiddleware } from 'hono/factory'
import { personOf } from '../caller.ts'
import { asked } from '../files/asked.ts'
import type { Resources } from '../resources.ts'
import { beginsLike, type ContentType, keyOf, signatureBytes } from './upload.ts'

type Promised = { id: string; contentType: ContentType; sizeBytes: number; sha256: string }
type Env = { Bindings: Resources; Variables: { user: User } }

/** Before the transaction of `idempotent()`: what the store holds is asked while none is open. Keys take one PUT, so it stays true. */
export const checkArrival = () =>
  createMiddleware<Env>(async (c, next) => {
    const { sql, files } = c.env
    const id = c.req.param('id') ?? ''
    const [upload] = await sql<Promised[]>`
      select id, content_type, size_bytes, sha256 from uploads
      where id = ${id} and user_id = ${personOf(c.var.user)} and state = 'waiting'`
    if (upload) await refuseOtherFile(files, upload)
    await next()
  })

const refuseOtherFile = async (files: Files, promised: Promised): Promise<void> => {
  const key = keyOf(promised.id)
  const stored = await asked(files.head(key))
  if (!stored) throw new Problem('conflict', 'No file has arrived', { fields: { upload: 'a file' } })
  if (stored.sizeBytes !== promised.sizeBytes) throw another({ sizeBytes: 'the size that was promised' })
  const sha256 = stored.sha256 ?? (await asked(files.sha256Of(key)))?.sha256
  if (sha256 !== promised.sha256) throw another({ sha256: 'the checksum that was promised' })
  const start = await asked(files.readStart(key, signatureBytes))
  if (!start || !beginsLike(promised.contentType, start))
    throw another({ contentType: 'the type that the first bytes tell' })
}

const another = (fields: Record<string, string>) =>
  new Problem('conflict', 'Another file has arrived than was promised', { fields })
