import type { Context, Hono } from 'hono'
import type { Env, Simulator } from '../frame/simulator.ts'
import { answerOnce } from './answer-once.ts'
import { findLetter, type KeptLetter } from './letters.ts'
import { type Letter, readLetter } from './read-letter.ts'
import { invalidField, notFound, type Refusal, refuse } from './refuse.ts'
import { sendLetters } from './send-letters.ts'

type Options = { now: () => Date; acceptMs: number; wake?: (() => void) | undefined }

export const addEmailRoutes = ({ app, store }: Simulator, { now, acceptMs, wake }: Options): void => {
  const send = async (
    c: Context<Env>,
    work: (body: unknown) => { letters: Letter[]; answer: (sent: { id: string }[]) => object } | Refusal,
  ): Promise<Response> => {
    const body = await c.req.text()
    const time = now()
    const response = await answerOnce(store, c, { body, now: time, acceptMs }, () => {
      const asked = work(parse(body))
      if ('statusCode' in asked) return asked
      const idempotencyKey = c.req.header('idempotency-key') ?? null
      const sent = sendLetters(store, asked.letters, {
        now: time,
        idempotencyKey,
        withAttachments: !c.req.path.endsWith('/batch'),
        withWebhook: wake !== undefined,
      })
      c.set('journal', { letters: sent.map(({ id }) => id) })
      return asked.answer(sent)
    })
    wake?.()
    return response
  }
  app.post('/emails', (c) =>
    send(c, (body) => {
      const read = readLetter(body)
      return 'refusal' in read
        ? read.refusal
        : { letters: [read.letter], answer: ([first]) => ({ id: first?.id }) }
    }),
  )
  app.post('/emails/batch', (c) =>
    send(c, (body) => readBatch(body, c.req.header('x-batch-validation') === 'permissive')),
  )
  app.get('/emails/:id', (c) => {
    const letter = findLetter(store, c.req.param('id'))
    return letter ? c.json(toAnswer(letter, now())) : refuse(c, notFound)
  })
  addRefusals(app)
}

const readBatch = (body: unknown, permissive: boolean) => {
  if (!Array.isArray(body) || body.length < 1 || body.length > 100)
    return invalidField('emails', 'The batch needs to be a list of 1 to 100 emails.')
  const read = (body as unknown[]).map(readLetter)
  const errors = read.flatMap((one, index) =>
    'refusal' in one ? [{ index, message: one.refusal.message }] : [],
  )
  const refused = read.find((one) => 'refusal' in one)
  if (refused && 'refusal' in refused && !permissive) return refused.refusal
  return {
    letters: read.flatMap((one) => ('letter' in one ? [one.letter] : [])),
    answer: (sent: { id: string }[]) => ({ data: sent, ...(permissive && { errors }) }),
  }
}

const addRefusals = (app: Hono<Env>): void => {
  for (const path of ['/emails', '/emails/*'])
    app.all(path, (c) =>
      refuse(c, { statusCode: 405, name: 'method_not_allowed', message: 'Method not allowed' }),
    )
  app.notFound((c) => refuse(c, { ...notFound, message: 'The requested endpoint does not exist' }))
}

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

const toAnswer = (letter: KeptLetter, now: Date): object => ({
  object: 'email',
  id: letter.id,
  message_id: `<${letter.id}@resend.dev>`,
  to: letter.to,
  from: letter.from,
  created_at: letter.createdAt,
  subject: letter.subject,
  html: letter.html,
  text: letter.text,
  bcc: letter.bcc,
  cc: letter.cc,
  reply_to: letter.reply_to,
  last_event: letter.scheduledAt && new Date(letter.scheduledAt) > now ? 'scheduled' : letter.lastEvent,
  scheduled_at: letter.scheduledAt,
  tags: letter.tags,
})
