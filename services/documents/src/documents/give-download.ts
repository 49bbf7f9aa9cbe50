import { currentTrace, Problem } from '@kontora/service'
import { asked } from '../files/asked.ts'
import type { Resources } from '../resources.ts'
import { keyOf } from '../uploads/upload.ts'
import type { Reader } from './read-documents.ts'

type File = { versionId: string; uploadId: string; fileName: string; contentType: string }

const linkSeconds = 60

/** A link to one version, the last unless another is named. Nobody gets one before the audit says so. */
export const giveDownload = async (
  { sql, files, now, newId }: Pick<Resources, 'sql' | 'files' | 'now' | 'newId'>,
  { userId, all }: Reader,
  { documentId, versionId = null }: { documentId: string; versionId?: string | null | undefined },
): Promise<{ url: string; expiresAt: string }> => {
  const [file] = await sql<File[]>`
    select versions.id as version_id, upload_id, file_name, content_type
    from documents join versions on document_id = documents.id join uploads on uploads.id = upload_id
    where documents.id = ${documentId} and (documents.user_id = ${userId} or ${all})
      and (${versionId}::uuid is null or versions.id = ${versionId}::uuid)
    order by number desc limit 1`
  if (!file) throw new Problem('not-found', 'No such document')

  const at = now()
  const { uploadId, fileName, contentType } = file
  const link = { key: keyOf(uploadId), fileName, contentType, expiresSeconds: linkSeconds }
  const url = await asked(files.presignDownload(link))
  const entry = { id: newId(), documentId, versionId: file.versionId, who: userId, at }
  await sql`insert into downloads ${sql({ ...entry, traceId: currentTrace()?.traceId ?? null })}`
  // S3 counts from the whole second in which it was signed.
  const signedAt = Math.floor(at.getTime() / 1000) * 1000
  return { url, expiresAt: new Date(signedAt + linkSeconds * 1000).toISOString() }
}
