import { retryParked } from '@kontora/events'
import { createLog } from '@kontora/service'
import { isPoisonous, ledgerHandlers, poisonedAt, unknownAccount } from './ledger.ts'
import { countUnreadable } from './read-log.ts'
import type { Stand } from './stand.ts'
import type { Written } from './write-events.ts'

type Effect = { handler: string; account: string; version: number }
type Letter = { handler: string; reason: string; n: number }

export type Findings = Record<
  'lost' | 'doubled' | 'inverted' | 'invented' | 'wrongly parked' | 'wrong letters',
  number
>

const hoursMs = 3_600_000

/** The receiver is down: what is parked is tried, hour by hour, until it is handled or a dead letter. */
export const letTimePass = async ({ reader }: Stand): Promise<void> => {
  const log = createLog(
    'reader',
    () => new Date(),
    () => {},
  )
  const handlers = ledgerHandlers(reader.sql)
  for (let hours = 1; hours <= 12; hours++) {
    const now = () => new Date(Date.now() + hours * hoursMs)
    const resources = { sql: reader.sql, now, newId: () => crypto.randomUUID(), log }
    while ((await retryParked(resources, 'reader', handlers)) > 0);
  }
}

const versionsTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1)

const judge = (findings: Findings, expected: number[], heard: number[], ordered: boolean): void => {
  const once = [...new Set(heard)]
  findings.doubled += heard.length - once.length
  findings.lost += expected.filter((version) => !once.includes(version)).length
  findings.invented += once.filter((version) => !expected.includes(version)).length
  if (ordered) findings.inverted += once.filter((version, i) => i > 0 && version < (once[i - 1] ?? 0)).length
}

const judgeEffects = async ({ reader }: Stand, { accounts }: Written, findings: Findings): Promise<void> => {
  const effects = await reader.sql<Effect[]>`
    select handler, account, version from effects order by position`
  const heard = Map.groupBy(effects, ({ handler, account }) => `${handler} ${account}`)
  for (const [account, last] of accounts) {
    const of = (handler: string) => {
      const own = heard.get(`${handler} ${account}`) ?? []
      heard.delete(`${handler} ${account}`)
      return own.map(({ version }) => version)
    }
    const handled = isPoisonous(account) ? Math.min(last, poisonedAt - 1) : last
    judge(findings, versionsTo(handled), of('apply'), true)
    judge(findings, versionsTo(last), of('see'), false)
  }
  findings.invented += [...heard.values()].flat().length
}

/** Behind a poisonous event all of its account is parked, and nothing else is. */
const judgeParked = async ({ reader }: Stand, { accounts }: Written, findings: Findings): Promise<void> => {
  const parked = await reader.sql<{ account: string; version: number; dead: boolean }[]>`
    select key as account, (event -> 'data' ->> 'version')::integer as version, dead_at is not null as dead
    from parked where handler = 'apply' and key <> ${unknownAccount} order by position`
  const expected = [...accounts]
    .filter(([account]) => isPoisonous(account))
    .flatMap(([account, last]) =>
      versionsTo(last)
        .slice(poisonedAt - 1)
        .map((version) => `${account} ${version} ${version === poisonedAt}`),
    )
  const found = parked.map(({ account, version, dead }) => `${account} ${version} ${dead}`)
  findings['wrongly parked'] =
    expected.filter((each) => !found.includes(each)).length +
    found.filter((each) => !expected.includes(each)).length
  const [others] = await reader.sql<{ n: number }[]>`
    select count(*)::integer as n from parked where handler <> 'apply' and key <> ${unknownAccount}`
  findings['wrongly parked'] += others?.n ?? 0
}

const judgeLetters = async (
  stand: Stand,
  { accounts, unknown }: Written,
  findings: Findings,
): Promise<number> => {
  const letters = await stand.reader.sql<Letter[]>`
    select data ->> 'handler' as handler, data ->> 'reason' as reason, count(*)::integer as n
    from outbox where topic = 'reader.dlq' group by 1, 2`
  const poisoned = [...accounts].filter(
    ([account, last]) => isPoisonous(account) && last >= poisonedAt,
  ).length
  const due: Record<string, number> = {
    'none: not an event': await countUnreadable(stand),
    'apply: unknown version': unknown,
    'see: unknown version': unknown,
    'apply: Error': poisoned,
  }
  const found = new Map(letters.map(({ handler, reason, n }) => [`${handler}: ${reason}`, n]))
  for (const what of new Set([...Object.keys(due), ...found.keys()]))
    findings['wrong letters'] += Math.abs((due[what] ?? 0) - (found.get(what) ?? 0))
  return letters.reduce((sum, { n }) => sum + n, 0)
}

/** What the receiver's database holds against what was written. */
export const audit = async (
  stand: Stand,
  written: Written,
): Promise<{ findings: Findings; letters: number }> => {
  const findings: Findings = {
    lost: 0,
    doubled: 0,
    inverted: 0,
    invented: 0,
    'wrongly parked': 0,
    'wrong letters': 0,
  }
  await judgeEffects(stand, written, findings)
  await judgeParked(stand, written, findings)
  const letters = await judgeLetters(stand, written, findings)
  return { findings, letters }
}
