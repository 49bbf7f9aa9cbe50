import { runCli, withDatabase } from '@kontora/door/cli'
import { eventCommands } from '@kontora/door/event-commands'
import type { Sql } from '@kontora/postgres'
import { parseInput, readSettings, realChance } from '@kontora/service'
import { Id } from '@kontora/validation'
import * as v from 'valibot'
import { listLetterKeys } from './keys/list-letter-keys.ts'
import { publishNextKey, rotateLetterKey } from './keys/rotate-letter-keys.ts'
import { messageStates } from './messages/message.ts'
import { retryParkedLetters } from './messages/retry-parked-letters.ts'
import { migrations } from './migrations.node.ts'
import { createSeal } from './sealing/seal.ts'
import { settings } from './settings.ts'

const withSeal = <Result>(work: (resources: ReturnType<typeof sealed>) => Promise<Result>): Promise<Result> =>
  withDatabase((sql) => work(sealed(sql)))

const sealed = (sql: Parameters<Parameters<typeof withDatabase>[0]>[0]) => {
  const { LETTER_KEY_ENCRYPTION_KEY } = readSettings(
    { LETTER_KEY_ENCRYPTION_KEY: settings.LETTER_KEY_ENCRYPTION_KEY },
    process.env,
  )
  const chance = realChance()
  return { ...chance, sql, seal: createSeal(LETTER_KEY_ENCRYPTION_KEY, chance.random) }
}

const rotate = (word: string | undefined): Promise<string> => {
  const atOnce = parseInput(v.optional(v.literal('now')), word, 'when') === 'now'
  return withSeal(async (resources) => {
    if (atOnce) return `current ${await rotateLetterKey(resources)}`
    const { kid, usedFrom } = await publishNextKey(resources)
    return `published ${kid}, used from ${usedFrom.toISOString()}`
  })
}

type Listed = { id: string; kind: string; state: string; reason: string | null; createdAt: Date }

const listMessages = async (sql: Sql, word: string | undefined): Promise<string> => {
  const state = parseInput(v.optional(v.picklist(messageStates)), word, 'state') ?? null
  const messages = await sql<Listed[]>`
    select id, kind, state, reason, created_at from messages
    where ${state}::text is null or state = ${state} order by id desc limit 50`
  const lines = messages.map((one) =>
    [one.id, one.createdAt.toISOString(), one.kind.padEnd(18), one.state.padEnd(10), one.reason ?? '']
      .join('  ')
      .trimEnd(),
  )
  return lines.join('\n')
}

await runCli({
  service: 'notification',
  migrations,
  commands: {
    ...eventCommands,
    'keys list': {
      about: 'the keys that codes are encrypted with',
      run: () => withDatabase((sql) => listLetterKeys(sql, realChance().now())),
    },
    'keys rotate': {
      about:
        'publishes the next key, used from tomorrow on, or now; the old one opens what is on its way for 31 days',
      takes: '[now]',
      run: rotate,
    },
    'messages list': {
      about: 'the last 50 messages',
      takes: '[state]',
      run: (state) => withDatabase((sql) => listMessages(sql, state)),
    },
    'messages retry': {
      about: 'sends parked letters again, one or all',
      takes: '[id]',
      run: (text) => {
        const id = parseInput(v.optional(Id), text, 'id')
        return withSeal(async (resources) => `${await retryParkedLetters(resources, id)} letters retried`)
      },
    },
  },
})
