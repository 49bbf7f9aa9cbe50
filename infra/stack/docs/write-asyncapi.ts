import { join } from 'node:path'
import { asyncApiDocument } from '../../../packages/events/asyncapi/document.ts'
import { services } from '../secrets.ts'

export const asyncApiFile = join(import.meta.dir, 'asyncapi.json')
export const asyncApiText = (): string => `${JSON.stringify(asyncApiDocument(services))}\n`

// `bun infra/stack/docs/write-asyncapi.ts`: writes the document of all events.
if (import.meta.main) await Bun.write(asyncApiFile, asyncApiText())
