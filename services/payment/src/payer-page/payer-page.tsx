/** @jsxImportSource hono/jsx */
import { Frame, type Language } from '@kontora/service/pages'
import { Heading, Lines, Papers, ToPay, Totals } from './invoice-parts.tsx'
import { type Awaited, endOf, isFinal, phaseOf, stampOf } from './phase.ts'
import { inLanguage, type View } from './view.ts'
import { Ways } from './ways.tsx'
import { wordsIn } from './words.ts'

const otherThan = (language: Language): Language => (language === 'ru' ? 'en' : 'ru')

/** Without scripts a page that waits for something comes anew by itself. */
const RefreshItself = ({ address }: { address: string }) => (
  <noscript>
    <meta http-equiv="refresh" content={`5; url=${address}`} />
  </noscript>
)

const moves = ['starting', 'bank-silent', 'being-paid', 'processing']

/** `awaited`: what the browser is to go on to, as soon as it is there. */
export const PayerPage = ({ awaited, ...view }: View & { awaited: Awaited | undefined }) => {
  const { language, words, base, invoice, moment, time, script } = view
  const phase = phaseOf(moment, time)
  const self = inLanguage(base, language, awaited ? { to: awaited } : {})
  const live = { 'data-page': self, 'data-status': `${base}/status`, 'data-stamp': stampOf(moment, time) }
  return (
    <Frame
      language={language}
      title={`${words.invoice} ${invoice.number}`}
      elsewhere={inLanguage(base, otherThan(language))}
      wide
      script={script}
      head={moves.includes(phase) && <RefreshItself address={self} />}
    >
      <Heading {...view} />
      <Faults {...view} />
      <p role="status" id="state" class={`state ${phase}`} tabindex={-1}>
        {words.phases[phase]}
      </p>
      <div id="live" {...(!isFinal(moment) && live)}>
        <ToPay {...view} />
        <Ways {...view} />
        <Lines {...view} />
        <Totals {...view} />
        <Papers {...view} />
      </div>
      <p id="stopped" class="quiet" hidden>
        {words.stopped} <a href={self}>{words.refresh}</a>
      </p>
      {!isFinal(moment) && (
        <noscript>
          <p>
            <a href={self}>{words.refresh}</a>
          </p>
        </noscript>
      )}
    </Frame>
  )
}

/** What a form could not do, else how the last try ended. */
const Faults = ({ words, moment, time, telling }: View) => {
  const phase = phaseOf(moment, time)
  const ended = phase === 'to-pay' || phase === 'partly-paid' ? endOf(moment, time) : undefined
  const text = telling ? words.tellings[telling] : ended && words.ends[ended]
  if (!text) return null
  return (
    <div class="notice wrong" role="alert" id="fault">
      <h2>{words.fault}</h2>
      <p>{text}</p>
    </div>
  )
}

/** The card is entered at the bank's. A refresh is no redirect of a form, so the policy need not know the bank's host. */
export const ToBankPage = ({
  language,
  words,
  address,
}: Pick<View, 'language' | 'words'> & { address: string }) => (
  <Frame
    language={language}
    title={words.opening}
    head={<meta http-equiv="refresh" content={`0; url=${address}`} />}
  >
    <h1>{words.opening}</h1>
    <p>{words.openingText}</p>
    <p>
      <a class="button" href={address} rel="noreferrer" data-go>
        {words.toBank}
      </a>
    </p>
  </Frame>
)

type Said = {
  language: Language
  title: string
  text: string
  link?: { to: string; name: string } | undefined
}

export const SaidPage = ({ language, title, text, link }: Said) => (
  <Frame language={language} title={title}>
    <h1>{title}</h1>
    <p>{text}</p>
    {link && (
      <p>
        <a href={link.to}>{link.name}</a>
      </p>
    )}
  </Frame>
)

/** One for every link that opens nothing, whatever the reason. */
export const GonePage = ({ language }: { language: Language }) => {
  const { gone, goneText } = wordsIn(language)
  return <SaidPage language={language} title={gone} text={goneText} />
}
