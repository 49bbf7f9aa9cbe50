import { isOfBase, type OneCFault } from '@kontora/one-c'

/** How the 1С base is doing, as we see it: `faults` are those of the base itself since it last answered. */
export type BaseState = { state: 'open' | 'paused'; faults: number; resumeAt: Date | null }

const secondMs = 1000
const longestMs = 60 * secondMs

/** 2, 4, 8 … 60 s, and up to a quarter more, so that the waiting do not come back as one (onec.md, 5.3). */
export const pauseMs = (tries: number, chance: number): number =>
  Math.round(Math.min(longestMs, secondMs * 2 ** Math.min(Math.max(tries, 1), 6)) * (1 + chance / 1024))

/** How many documents may be on their way at once: a base that was away or busy is tried with one. */
export const leasesOf = ({ faults }: Pick<BaseState, 'faults'>, concurrency: number): number =>
  faults > 0 ? 1 : concurrency

const brokenAt = 5

/** After so many faults the base is asked whether it lives before a document is risked on it (onec.md, 5.4). */
export const asksFirst = ({ faults }: Pick<BaseState, 'faults'>): boolean => faults >= brokenAt

/** What has become of a document that was not delivered: asked again after a pause, or shown to an operator. */
export type Judgement =
  | { act: 'wait'; code: string; ofBase: boolean; atLeastMs: number }
  | { act: 'show'; code: string; text: string | null; alarm: boolean }
  /** Not the document's fault: the base is closed until a person has put it right. */
  | { act: 'pause'; code: string; text: string | null }

const fewTimes = 5
const brokenPage = '500'

/** The retry table of onec.md, 5.6. `repeats` is how often in a row this document ended for this reason, now included. */
export const judgeFault = (fault: OneCFault, repeats: number): Judgement => {
  const { kind, code, retryAfterMs = 0 } = fault
  const text = fault.text?.replaceAll('\0', '') ?? null
  if (kind === 'access') return { act: 'pause', code, text }
  if (kind === 'business') return { act: 'show', code, text, alarm: false }
  if (kind === 'configuration') return { act: 'show', code, text, alarm: true }
  if (code === brokenPage && repeats >= fewTimes)
    return { act: 'show', code, text: 'Веб-сервер 1С отвечает ошибкой 500 без объяснения', alarm: true }
  return { act: 'wait', code, ofBase: isOfBase(fault), atLeastMs: retryAfterMs }
}
