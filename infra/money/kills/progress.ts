import type { Stand } from './stand.ts'

export type Progress = { callbacks: number; jobs: number; open: number }

/** `open`: what is under way yet, in the payment service and in the queue. */
export const readProgress = async ({ payment, counting }: Stand): Promise<Progress> => {
  const [money] = await payment.sql<{ callbacks: number; open: number }[]>`
    select (select count(*) from bank_callbacks) as callbacks,
      (select count(*) from outbox where sent_at is null)
        + (select count(*) from exports where state = 'waiting')
        + (select count(*) from attempts where state in ('starting', 'unknown', 'open'))
        + (select count(*) from refunds where ended_at is null) as open`
  const [queue] = await counting.sql<{ jobs: number; open: number }[]>`
    select (select count(*) from effects) as jobs,
      (select count(*) from jobs.job where state < 'completed') as open`
  return {
    callbacks: money?.callbacks ?? 0,
    jobs: queue?.jobs ?? 0,
    open: (money?.open ?? 0) + (queue?.open ?? 0),
  }
}

const patienceMs = 180_000

/** Says where it stands each five seconds; false when nothing has moved for three minutes. */
export const followProgress = (say: (line: string) => void) => {
  let moved = { at: Date.now(), text: '' }
  let told = Date.now()
  return ({ callbacks, jobs, open }: Progress, kills: number): boolean => {
    const text = `${callbacks} callbacks and ${jobs} jobs, ${open} open`
    if (text !== moved.text) moved = { at: Date.now(), text }
    if (Date.now() - told > 5000) {
      told = Date.now()
      say(`${text}, ${kills} kills`)
    }
    return Date.now() - moved.at < patienceMs
  }
}
