/** @jsxImportSource hono/jsx */
import { raw } from 'hono/html'
import { leftKopecks } from '../invoices/invoice.ts'
import { qrSvg } from '../qr/qr-code.ts'
import { isSbpLink } from '../qr/sbp-link.ts'
import { type PayerAttempt, phaseOf } from './phase.ts'
import { roubles } from './sums.ts'
import { inLanguage, safePage, type View } from './view.ts'

/** What can be done about the invoice just now; nothing where there is nothing to do. */
export const Ways = (view: View) => {
  const { moment, time } = view
  const phase = phaseOf(moment, time)
  if (phase === 'to-pay' || phase === 'partly-paid') return <Begin {...view} />
  return phase === 'being-paid' && moment.attempt ? <GoOn view={view} attempt={moment.attempt} /> : null
}

/** `left`: what the payer was shown; a form of a page that is no longer true begins nothing. */
const Form = ({ view, children }: { view: View; children?: unknown }) => (
  <form method="post" action={inLanguage(`${view.base}/attempts`, view.language)}>
    <input type="hidden" name="left" value={String(leftKopecks(view.moment))} />
    {children}
  </form>
)

const Begin = (view: View) => {
  const { words, telling } = view
  const isWrong = telling === 'sum' || telling === 'too-much'
  return (
    <section aria-labelledby="ways">
      <h2 id="ways">{words.ways}</h2>
      <Form view={view}>
        <button type="submit" name="way" value="card" id="by-card">
          {words.byCard}
        </button>
        <button type="submit" name="way" value="sbp" id="by-sbp" class="second">
          {words.bySbp}
        </button>
        <details open={isWrong}>
          <summary>{words.part}</summary>
          <label for="part">{words.partLabel}</label>
          <p class="hint" id="part-hint">
            {words.partHint}
          </p>
          <input
            id="part"
            name="part"
            inputmode="decimal"
            autocomplete="off"
            maxlength={20}
            aria-describedby={isWrong ? 'fault part-hint' : 'part-hint'}
            {...(isWrong && { 'aria-invalid': 'true' })}
          />
        </details>
      </Form>
    </section>
  )
}

const GoOn = ({ view, attempt }: { view: View; attempt: PayerAttempt }) => {
  const { words, moment, language, isLocal } = view
  const page = safePage(attempt.payUrl, isLocal)
  return (
    <section aria-labelledby="ways">
      <h2 id="ways">{words.ways}</h2>
      {attempt.amountKopecks !== leftKopecks(moment) && (
        <p>
          {words.sumNow}: {roubles(language, attempt.amountKopecks)}
        </p>
      )}
      {attempt.qrPayload && isSbpLink(attempt.qrPayload) && <Qr words={words} link={attempt.qrPayload} />}
      {page && (
        <a class={attempt.qrPayload ? 'button second' : 'button'} href={page} rel="noreferrer" id="to-bank">
          {words.toBank}
        </a>
      )}
      {!attempt.qrPayload && (
        <Form view={view}>
          <button type="submit" name="way" value="sbp" id="by-sbp" class="second">
            {words.bySbp}
          </button>
        </Form>
      )}
    </section>
  )
}

/** НСПК's link opens a bank's application on a telephone; everybody else has the picture of it. */
const Qr = ({ words, link }: Pick<View, 'words'> & { link: string }) => (
  <div class="qr">
    <a class="button phone" href={link} rel="noreferrer" id="in-app">
      {words.inApp}
    </a>
    <div role="img" aria-label={words.qr} data-qr={link}>
      {raw(qrSvg(link))}
    </div>
    <p class="small quiet">{words.qrHow}</p>
  </div>
)
