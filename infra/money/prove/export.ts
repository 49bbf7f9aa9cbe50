import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { seededRandom } from '../../stack/prove/random.ts'
import { type Audit, auditExport } from '../export/audit-export.ts'
import { playBadDays } from '../export/bad-days.ts'
import { type Channel, type ExportStand, openExportStand } from '../export/export-stand.ts'

const invoicesOfADay = 60
/** A probe a minute, and the tries before it is known that nobody is there. */
const mostCallsOfADay = 24 * 60 + 60

const left = async (stand: ExportStand): Promise<number> =>
  (await stand.countOf('waiting')) + (await stand.countOf('failed'))

/** What a comparison that an operator asks for has to say: how many documents it looked at, and how many differ. */
const compare = async (stand: ExportStand): Promise<{ documents: number; differences: number }> => {
  const { advance, ask, run, sql } = stand
  await advance(10 * 60_000)
  await ask('POST', '/v1/one-c/comparisons', { token: await stand.operator(), body: {} })
  await run('compare-with-one-c')
  const [row] = await sql<{ documents: number; differences: number }[]>`
    select documents, differences from accounting_comparisons where ended_at is not null order by ended_at desc limit 1`
  return row ?? { documents: 0, differences: -1 }
}

const sayAll = (say: (line: string) => void, audit: Audit): void => {
  for (const [wrong, lines] of Object.entries(audit))
    for (const line of lines.slice(0, 10)) say(`${wrong}: ${line}`)
}

const proveChannel = async (
  channel: Channel,
  { seed, size, say }: Parameters<Proof>[0],
): Promise<Claim[]> => {
  const begun = Date.now()
  const stand = await openExportStand(channel, seededRandom(seed))
  try {
    const count = Math.max(2, Math.round(invoicesOfADay * size))
    const told = await playBadDays(stand, count, (line) => say(`${channel}: ${line}`))
    const audit = await auditExport(stand)
    sayAll(say, audit)
    const away = told.find(({ phase }) => phase === 'down')
    const overlapped = told.find(({ phase }) => phase === 'slow')?.takenOver ?? 0
    const compared = await compare(stand)
    const shown = told.filter(({ failed }) => failed > 0).map(({ phase }) => phase)
    const claim = (
      name: string,
      value: number | string,
      goal: number | string,
      ok = value === goal,
    ): Claim => ({
      claim: `${channel}: ${name}`,
      value,
      goal,
      ok,
      seed,
      ms: Date.now() - begun,
    })
    return [
      claim(
        'documents there once, as sent',
        stand.expected.length - audit.lost.length,
        stand.expected.length,
      ),
      claim('documents there that nobody sent', audit.foreign.length, 0),
      claim('documents made before what must go first', audit.disordered.length, 0),
      claim('documents that two processes worked on at once', overlapped, `≥ ${count}`, overlapped >= count),
      claim('documents that wait or are refused at the end', await left(stand), 0),
      claim(
        'calls in a day without 1С',
        away?.calls ?? 0,
        `≤ ${mostCallsOfADay}`,
        (away?.calls ?? 0) <= mostCallsOfADay,
      ),
      claim('days on which an operator was shown refusals', shown.join(), 'refusing,closed'),
      claim('documents that the comparison looks at', compared.documents, stand.expected.length),
      claim('differences that it finds', compared.differences, 0),
    ]
  } finally {
    await stand.close()
  }
}

/** 1С down for a day, then slow, out of sessions, refusing, closed, by either channel: every document there once, in order. */
export const proveExport: Proof = async (options) => [
  ...(await proveChannel('odata', options)),
  ...(await proveChannel('http', options)),
]
