/** @jsxImportSource hono/jsx */
import { Frame, languageOfRequest, sendPage } from '@kontora/service/pages'
import type { Context } from 'hono'
import type { Provider } from '../identities/provider.ts'
import { wordsIn } from './words.ts'

type Message = 'signedIn' | 'linked' | 'confirm' | 'signedOut'

/** A page that only says what has happened; `provider` is of whom it speaks. */
export const sendMessage = (
  c: Context,
  message: Message,
  provider?: Pick<Provider, 'label'>,
): Promise<Response> => {
  const language = languageOfRequest(c)
  const { title, text } = wordsIn(language)[message](provider?.label[language] ?? '')
  return sendPage(
    c,
    <Frame language={language} title={title}>
      <h1>{title}</h1>
      <p>{text}</p>
    </Frame>,
  )
}
