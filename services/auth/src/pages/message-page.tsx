/** @jsxImportSource hono/jsx */
import { Frame, languageOfRequest, sendPage } from '@kontora/service/pages'
import type { Context } from 'hono'
import { type Words, wordsIn } from './words.ts'

type Message = 'signedIn' | 'linked' | 'confirm' | 'signedOut'

/** A page that only says what has happened. */
export const sendMessage = (c: Context, message: Message): Promise<Response> => {
  const language = languageOfRequest(c)
  const { title, text }: Words[Message] = wordsIn(language)[message]
  return sendPage(
    c,
    <Frame language={language} title={title}>
      <h1>{title}</h1>
      <p>{text}</p>
    </Frame>,
  )
}
