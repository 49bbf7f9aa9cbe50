import type { Letter } from '../resend/client.ts'
import type { Resources } from '../resources.ts'
import type { RenderedLetter } from '../templates/render-letter.ts'
import { letterPurpose } from './message.ts'

type FreezeResources = Pick<Resources, 'seal' | 'mailFrom'>

/** The whole call, sealed: what changes later (sender, template, name) does not change a retry. */
export const freezeLetter = (
  { seal, mailFrom }: FreezeResources,
  { id, kind }: { id: string; kind: string },
  to: string,
  { subject, html, text }: RenderedLetter,
): Promise<string> => {
  const tags = [
    { name: 'kind', value: kind },
    { name: 'message_id', value: id },
  ]
  const letter: Letter = { from: mailFrom, to, subject, html, text, tags }
  return seal.seal(letterPurpose(id), JSON.stringify(letter))
}

export const thawLetter = async (
  { seal }: Pick<Resources, 'seal'>,
  { id, letterSealed }: { id: string; letterSealed: string },
): Promise<Letter> => JSON.parse(await seal.open(letterPurpose(id), letterSealed)) as Letter
