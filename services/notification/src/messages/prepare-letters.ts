import { wakeJob } from '@kontora/jobs'
import { type Transaction, transaction } from '@kontora/postgres'
import * as v from 'valibot'
import type { Person } from '../client/client.ts'
import type { Resources } from '../resources.ts'
import { isSuppressed } from '../suppressions/suppressions.ts'
import { LetterContent } from '../templates/letter-content.ts'
import { renderLetter } from '../templates/render-letter.ts'
import { freezeLetter } from './freeze-letter.ts'
import { markFailed } from './settle-message.ts'

type Waiting = { id: string; kind: string; userId: string; aboutId: string | null; content: unknown }
type Prepared =
  | { state: 'ready'; subject: string; letterSealed: string }
  | { state: 'skipped' | 'failed'; reason: string }

/** `client` takes a hundred at most. */
const atOnce = 100
const claimedMs = 15_000
/** After a fault of whoever was asked: most are a restart. */
const soonMs = 1000

/** Asks for the addresses of those whose letters are due and freezes the letters; `client` being away only delays them. */
export const prepareLetters = async (resources: Resources): Promise<number> => {
  const waiting = await claim(resources)
  if (waiting.length === 0) return 0
  const people = await resources.people
    .readAddresses([...new Set(waiting.map(({ userId }) => userId))])
    .catch(async (error: unknown) => {
      await askSoon(resources, waiting)
      throw error
    })
  const links = await readPayLinks(resources, waiting)
  const [now, later] = links ? [waiting, []] : partition(waiting, ({ kind }) => !billing.has(kind))
  await askSoon(resources, later)
  const prepared = await Promise.all(
    now.map(async (message) => {
      const payUrl = links?.get(message.aboutId ?? '')
      return { id: message.id, ...(await prepare(resources, message, people.get(message.userId), payUrl)) }
    }),
  )
  await transaction(resources.sql, async (tx) => {
    for (const message of prepared) await keep(tx, resources, message)
    wakeJob(tx, 'send-letters')
  })
  return waiting.length
}

const billing = new Set(['invoice-issued', 'invoice-partly-paid', 'invoice-reminder'])

/** Undefined: `payment` is away, and letters that bill wait for it. */
const readPayLinks = async (
  { payLinks, log }: Resources,
  waiting: Waiting[],
): Promise<Map<string, string> | undefined> => {
  const ids = waiting.flatMap(({ kind, aboutId }) => (billing.has(kind) && aboutId ? [aboutId] : []))
  if (!payLinks || ids.length === 0) return new Map()
  try {
    return await payLinks([...new Set(ids)])
  } catch (error) {
    log.warn('payment-not-asked', {}, error)
    return undefined
  }
}

const partition = <Item>(items: Item[], is: (item: Item) => boolean): [Item[], Item[]] => [
  items.filter(is),
  items.filter((item) => !is(item)),
]

/** Rather than with their claim, which is for whoever died meanwhile. */
const askSoon = async ({ sql, now }: Resources, waiting: Waiting[]): Promise<void> => {
  if (waiting.length === 0) return
  const soon = new Date(now().getTime() + soonMs)
  await sql`
    update messages set ask_at = ${soon}
    where state = 'waiting' and id in ${sql(waiting.map(({ id }) => id))}`
}

const claim = ({ sql, now }: Resources): Promise<Waiting[]> => {
  const time = now()
  return sql<Waiting[]>`
    update messages set ask_at = ${new Date(time.getTime() + claimedMs)}
    where id in (
      select id from messages where state = 'waiting' and ask_at <= ${time}
      order by priority, ask_at limit ${atOnce} for update skip locked
    )
    returning id, kind, user_id, about_id, coalesce(
      (select jsonb_build_object('kind', 'mailing', 'subject', mailings.subject, 'text', mailings.text)
       from mailings where mailings.id = messages.mailing_id), content) as content`
}

const prepare = async (
  resources: Resources,
  { id, kind, content }: Waiting,
  person: Person | undefined,
  payUrl: string | undefined,
): Promise<Prepared> => {
  if (!person) return { state: 'skipped', reason: 'no such person' }
  if (!person.email) return { state: 'failed', reason: 'no usable address' }
  if (await isSuppressed(resources, person.email, kind === 'mailing' ? 'marketing' : 'all'))
    return { state: 'skipped', reason: 'suppressed' }
  const filled = v.safeParse(LetterContent, content)
  if (!filled.success) return { state: 'failed', reason: 'unreadable content' }
  const links = { portalUrl: resources.portalUrl, ...(payUrl && { payUrl }) }
  const rendered = await renderLetter(filled.output, person, links)
  const letterSealed = await freezeLetter(resources, { id, kind }, person.email, rendered)
  return { state: 'ready', subject: rendered.subject, letterSealed }
}

const keep = async (
  tx: Transaction,
  resources: Resources,
  { id, ...prepared }: Prepared & { id: string },
): Promise<void> => {
  if (prepared.state !== 'ready') return markFailed(tx, resources, { id, ...prepared })
  await tx`
    update messages set ${tx({ ...prepared, attempts: 0, askAt: resources.now() })} where id = ${id} and state = 'waiting'`
}
