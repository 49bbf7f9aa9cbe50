import type { Command } from '@kontora/door/cli'
import { parseInput } from '@kontora/service'
import { Id } from '@kontora/validation'
import { findUserId } from '../addresses/find-person.ts'
import { readWords, type WithResources } from '../command-words.ts'
import { type ListedPasskey, readPasskeys } from './read-passkeys.ts'
import { removeLostPasskeys } from './remove-lost-passkeys.ts'

const lineOf = ({ id, name, addedAt, usedAt }: ListedPasskey): string =>
  `${id}  ${name}  added ${addedAt.toISOString()}  used ${usedAt?.toISOString() ?? '-'}`

/** The operators' help for who has lost his passkeys, also while HTTP is down. */
export const passkeyCommands = (withResources: WithResources): Record<string, Command> => {
  const list = (words: string[]) => {
    const { given, has } = readWords(words, { takes: 1, flags: ['--json'] })
    return withResources(async (resources) => {
      const passkeys = await readPasskeys(resources.sql, await findUserId(resources, given[0]))
      return passkeys.map((one) => (has('--json') ? JSON.stringify(one) : lineOf(one))).join('\n')
    })
  }
  const remove = (words: string[]) => {
    const { given, has, optionOf } = readWords(words, {
      takes: 1,
      flags: ['--json'],
      options: ['--passkey'],
    })
    return withResources(async (resources) => {
      const userId = await findUserId(resources, given[0])
      const only = optionOf('--passkey')
      const passkeyId = only === undefined ? undefined : parseInput(Id, only, 'passkey')
      const done = { userId, removed: await removeLostPasskeys(resources, userId, passkeyId) }
      resources.log.info('operator-removed-passkeys', done)
      return has('--json')
        ? JSON.stringify(done)
        : `${done.removed} passkeys removed; the person is written to`
    })
  }
  return {
    'passkeys list': {
      about: 'the passkeys of a person, with when each was used',
      takes: '<userId|email> [--json]',
      run: () => list([]),
      runWords: list,
    },
    'passkeys remove': {
      about: 'takes lost passkeys from a person, who then proves himself by a code',
      takes: '<userId|email> [--passkey <id>] [--json]',
      run: () => remove([]),
      runWords: remove,
    },
  }
}
