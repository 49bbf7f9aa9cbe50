import { Problem } from '@kontora/service'
import { clientOf, giveCookie, languageOfRequest, readCookie } from '@kontora/service/pages'
import type { Context } from 'hono'
import * as v from 'valibot'
import { Way } from '../attempts/attempt.ts'
import { startAttempt } from '../attempts/start-attempt.ts'
import { leftKopecks } from '../invoices/invoice.ts'
import type { PageEnv, Shown } from './read-view.ts'
import { readRoubles } from './sums.ts'
import { inLanguage } from './view.ts'
import { noteWay, wayCookie } from './way-back.ts'
import type { Telling } from './words.ts'

/** `left`: the kopecks that the form's page showed as left; `part`: roubles as people write them, all that is left without. */
export const PayForm = v.object({
  way: Way,
  left: v.pipe(v.string(), v.regex(/^\d{1,16}$/, 'kopecks')),
  part: v.optional(v.pipe(v.string(), v.maxLength(20)), ''),
})
type Form = v.InferOutput<typeof PayForm>

/**
 * Begins an attempt and sends the browser on to where its order will be. A repeat meets the same live attempt, and a form that
 * was shown before money came begins nothing, so a key against repeats has nothing to add.
 */
export const takePayment = async <Env extends PageEnv>(
  c: Context<Env>,
  shown: Shown,
  form: Form,
): Promise<Response> => {
  const language = languageOfRequest(c)
  const goTo = (more: Record<string, string>) => c.redirect(inLanguage(shown.base, language, more), 303)
  const attemptId = await begin(c, shown, form)
  if (typeof attemptId !== 'string') return goTo({ told: attemptId.told })
  const { isSecure } = clientOf(c)
  const cookie = wayCookie(isSecure)
  const way = { attemptId, to: shown.isOwn ? 'own' : shown.base.slice(shown.base.lastIndexOf('/') + 1) }
  giveCookie(c, cookie, noteWay(readCookie(c, cookie), way), twoHours)
  return goTo({ to: form.way === 'card' ? 'bank' : 'qr' })
}

const twoHours = 2 * 60 * 60

const begin = async <Env extends PageEnv>(
  c: Context<Env>,
  { invoice }: Shown,
  { way, left, part }: Form,
): Promise<string | { told: Telling }> => {
  const { invoiceId, userId } = invoice
  const amountKopecks = part.trim() === '' ? undefined : readRoubles(part)
  if (part.trim() !== '' && amountKopecks === undefined) return { told: 'sum' }
  if (left !== String(leftKopecks(invoice))) return { told: 'changed' }
  try {
    const wish = { invoiceId, way, ...(amountKopecks !== undefined && { amountKopecks }) }
    return (await startAttempt(c.env, userId, wish)).attemptId
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'conflict') throw error
    return { told: tellingOf(error) }
  }
}

/** What stands in the state of the invoice the page itself says. */
const tellingOf = ({ details }: Problem): Telling => {
  if ('amountKopecks' in details) return 'other-sum'
  if ('leftKopecks' in details) return 'too-much'
  return 'state' in details ? 'changed' : 'limit'
}
