import type { Invariant, Rest } from './invariant.ts'

type Event = { type: string; subject: string; about: string; time: Date }
type Row = { id: string; state: string }

/** Before → after, where both are told of one thing. */
const order = [
  ['attempt-started', 'attempt-failed'],
  ['attempt-started', 'attempt-settled'],
  ['attempt-failed', 'attempt-settled'],
  ['refund-requested', 'refund-settled'],
  ['refund-requested', 'refund-failed'],
  ['invoice-issued', 'invoice-paid'],
  ['invoice-issued', 'invoice-cancelled'],
  ['invoice-issued', 'invoice-expired'],
  ['invoice-expired', 'invoice-paid'],
] as const

const read = ({ sql }: Rest): Promise<Event[]> => sql<Event[]>`
  select replace(type, 'payment.', '') as type, subject, time,
    coalesce(data ->> 'refundId', data ->> 'attemptId', data ->> 'invoiceId') as about
  from outbox order by position`

const failed = ['failed', 'expired', 'reversed']

/** What must have been told once, and what may have been: an end, before money came late. */
const expected = async ({ sql }: Rest) => {
  const invoices = await sql<Row[]>`select id, state from invoices where issued_at is not null`
  const attempts = await sql<Row[]>`select id, state from attempts`
  const refunds = await sql<Row[]>`select id, state from refunds`
  const must = [
    ...invoices.flatMap(({ id, state }) => [
      `invoice-issued ${id}`,
      ...(state === 'issued' ? [] : [`invoice-${state} ${id}`]),
    ]),
    ...attempts.flatMap(({ id, state }) => [
      `attempt-started ${id}`,
      ...(state === 'settled' ? [`attempt-settled ${id}`] : []),
      ...(failed.includes(state) ? [`attempt-failed ${id}`] : []),
    ]),
    ...refunds.flatMap(({ id, state }) => [
      `refund-requested ${id}`,
      ...(state === 'settled' || state === 'failed' ? [`refund-${state} ${id}`] : []),
    ]),
  ]
  const may = [
    ...attempts.filter(({ state }) => state === 'settled').map(({ id }) => `attempt-failed ${id}`),
    ...invoices
      .filter(({ state }) => state === 'paid' || state === 'issued')
      .map(({ id }) => `invoice-expired ${id}`),
  ]
  // Once by the bank, and once more by the operator to whom it was shown after that.
  const decided = await sql<
    { id: string }[]
  >`select subject_id as id from payment_decisions where subject = 'attempt'`
  const again = new Set(decided.map(({ id }) => `attempt-failed ${id}`))
  return { must, may: new Set(may), again }
}

/** What happened is told once, and nothing else is. */
export const toldOnce: Invariant = async (rest) => {
  const { must, may, again } = await expected(rest)
  const told = new Map<string, number>()
  const events = (await read(rest)).filter(({ type }) => type !== 'invoice-partly-paid')
  for (const { type, about } of events) told.set(`${type} ${about}`, (told.get(`${type} ${about}`) ?? 0) + 1)
  return [
    ...must
      .filter((one) => told.get(one) !== 1 && !(again.has(one) && told.get(one) === 2))
      .map((one) => `${one} was told ${told.get(one) ?? 0} times`),
    ...[...told]
      .filter(([one, times]) => !must.includes(one) && !(may.has(one) && times === 1))
      .map(([one, times]) => `${one} was told ${times} times, and is not so`),
  ]
}

/** In the order in which it happened: of one thing, and in time of one invoice. */
export const toldInOrder: Invariant = async (rest) => {
  const events = await read(rest)
  const places = new Map(events.map(({ type, about }, place) => [`${type} ${about}`, place]))
  const times = new Map<string, number>()
  return events.flatMap(({ type, about, subject, time }) => {
    const early = order.filter(
      ([before, after]) =>
        before === type &&
        (places.get(`${after} ${about}`) ?? Number.POSITIVE_INFINITY) < (places.get(`${type} ${about}`) ?? 0),
    )
    const isBack = (times.get(subject) ?? 0) > time.getTime()
    times.set(subject, time.getTime())
    return [
      ...early.map(([, after]) => `${after} of ${about} was told before ${type}`),
      ...(isBack ? [`${type} of ${subject} is older than what was told before it`] : []),
    ]
  })
}

type Parts = { id: string; toldKopecks: number; paidKopecks: number }

/** Each part that came was told; the last one is told as paid. */
export const partsTold: Invariant = async ({ sql }) => {
  const wrong = await sql<Parts[]>`
    select id, told_kopecks, paid_kopecks from (
      select id, state, amount_kopecks, paid_kopecks, (
        select coalesce(sum((data ->> 'amountKopecks')::bigint), 0)::bigint from outbox
        where type = 'payment.invoice-partly-paid' and subject = invoices.id::text) as told_kopecks
      from invoices) summed
    where case state when 'paid' then told_kopecks >= amount_kopecks else told_kopecks <> paid_kopecks end`
  return wrong.map(
    ({ id, toldKopecks, paidKopecks }) => `of invoice ${id} ${toldKopecks} told, ${paidKopecks} paid`,
  )
}
