import { type Finding, OneCFault } from '@kontora/one-c'
import type { Pool, Sql } from '@kontora/postgres'
import { createLog, Problem, parseInput, realChance } from '@kontora/service'
import { Id, Name } from '@kontora/validation'
import { type AccountingSettings, openAccounting } from '../accounting/open-accounting.ts'
import { type Commands, ofWords, operator, type WithDatabase } from '../operator.ts'
import { askComparison } from './ask-comparison.ts'
import { changeBase } from './change-base.ts'
import { checkOneC } from './check-one-c.ts'
import { compareWithOneC } from './compare-with-one-c.ts'
import { leaveOutExport } from './leave-out-export.ts'
import { readBase } from './read-base.ts'
import { readComparison, readDifferences } from './read-comparisons.ts'
import { ExportState, readExports } from './read-exports.ts'
import { retryExport } from './retry-export.ts'
import { retryExports } from './retry-exports.ts'

const most = 200
const resourcesOf = (sql: Sql) => ({ ...realChance(), sql })

const list = async (sql: Sql, word = 'failed'): Promise<string> => {
  const state = parseInput(ExportState, word, 'state')
  const rows = await readExports(sql, { state, limit: most })
  const lines = rows.map(({ id, kind, attempts, reasonCode, reasonText, waitsFor }) =>
    [id, kind, `${attempts} attempts`, reasonCode, reasonText, waitsFor && `waits for ${waitsFor}`]
      .filter(Boolean)
      .join('  '),
  )
  return lines.join('\n') || `none ${state}`
}

const guid = /^[0-9a-f-]{36}$/i

const retry = async (sql: Sql, word = ''): Promise<string> => {
  if (guid.test(word)) {
    const id = parseInput(Id, word, 'id')
    return `${id} is ${(await retryExport(resourcesOf(sql), operator, { id })).state}`
  }
  const reasonCode = parseInput(Name(100), word, 'reason')
  return `${(await retryExports(resourcesOf(sql), operator, { reasonCode })).retried} taken up`
}

const leaveOut = async (sql: Sql, [word = '', ...rest]: string[]): Promise<string> => {
  const id = parseInput(Id, word, 'id')
  const reason = parseInput(Name(500), rest.join(' '), 'reason')
  return `${id} is ${(await leaveOutExport(resourcesOf(sql), operator, { id, reason })).state}`
}

const showBase = async (sql: Sql): Promise<string> => {
  const base = await readBase(sql)
  return Object.entries(base)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name.padEnd(16)} ${value}`)
    .join('\n')
}

const change =
  (state: 'open' | 'paused') =>
  async (sql: Sql): Promise<string> =>
    `1С is ${(await changeBase(resourcesOf(sql), operator, { state })).state}`

const marks = { yes: '✓', no: '✗', unknown: '?' } as const
const lineOf = ({ question, answer, detail }: Finding): string =>
  `${marks[answer]} ${question}${detail && `: ${detail}`}`

/** 1С's own fault is a word to whoever asked, not a bug of ours. */
const asked = async <Result>(work: Promise<Result>): Promise<Result> => {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof OneCFault)) throw error
    throw new Problem('conflict', [error.message, error.text].filter(Boolean).join('\n'))
  }
}

const check = async (sql: Sql, settings: AccountingSettings): Promise<string> => {
  const chance = realChance()
  const accounting = openAccounting(settings, chance)
  const findings = await asked(checkOneC({ ...chance, sql, accounting }, settings.ONEC_MAPPING))
  const text = findings.map(lineOf).join('\n')
  if (findings.some(({ answer }) => answer === 'no')) throw new Problem('conflict', text)
  return text
}

const compare = async (sql: Pool, settings: AccountingSettings): Promise<string> => {
  const chance = realChance()
  const log = createLog('payment', chance.now)
  const accounting = openAccounting(settings, chance)
  const { comparisonId } = await askComparison({ ...chance, sql }, operator)
  await compareWithOneC({ ...chance, sql, log, accounting })
  const { endedAt, documents } = await readComparison(sql, comparisonId)
  if (!endedAt) throw new Problem('conflict', 'Not compared: 1С did not answer, or another process is at it')
  const found = await readDifferences(sql, most)
  const lines = found.map(({ documentId, kind, what, oursKopecks, theirsKopecks }) =>
    [documentId, kind ?? '', what.join(), oursKopecks ?? '', theirsKopecks ?? ''].join('  '),
  )
  return [`${documents} documents compared, ${found.length} differ`, ...lines].join('\n')
}

/** What an operator does about 1С without the API. */
export const oneCCommands = (withDatabase: WithDatabase, settings: () => AccountingSettings): Commands => ({
  'exports list': {
    about: 'the newest 200: waiting, exported, left-out or failed (if not said)',
    takes: '[state]',
    run: (state) => withDatabase((sql) => list(sql, state)),
  },
  'exports retry': {
    about: 'sends one again, or all that failed for one reason',
    takes: '<id or reason>',
    run: (word) => withDatabase((sql) => retry(sql, word)),
  },
  'exports leave-out': ofWords(
    'never sends it: the accountant has entered it by hand',
    '<id> <reason>',
    (words) => withDatabase((sql) => leaveOut(sql, words)),
  ),
  'one-c state': { about: 'how the 1С base is doing', run: () => withDatabase(showBase) },
  'one-c pause': { about: 'sends nothing to 1С', run: () => withDatabase(change('paused')) },
  'one-c resume': { about: 'goes on sending to 1С', run: () => withDatabase(change('open')) },
  'one-c check': {
    about: 'whether ONEC_MAPPING fits the base; only reads',
    run: () => withDatabase((sql) => check(sql, settings())),
  },
  'one-c compare': {
    about: 'our documents of three days beside those of 1С',
    run: () => withDatabase((sql) => compare(sql, settings())),
  },
})
