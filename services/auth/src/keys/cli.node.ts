import type { Command } from '@kontora/door/cli'
import { parseInput } from '@kontora/service'
import * as v from 'valibot'
import { readWords, type WithResources } from '../command-words.ts'
import { readKeys } from './keyring.ts'
import { rotateKeys } from './rotate-keys.ts'
import type { SigningKey } from './signing-key.ts'
import { withdrawKey } from './withdraw-key.ts'

/** Never the sealed half. */
const rowOf = ({ id, state, madeAt, signsFrom, retiredAt, withdrawnAt }: SigningKey) => ({
  ...{ id, state, madeAt, signsFrom, retiredAt, withdrawnAt },
})

const lineOf = ({ id, state, madeAt, signsFrom, retiredAt, withdrawnAt }: SigningKey): string => {
  const times = { made: madeAt, signs: signsFrom, retired: retiredAt, withdrawn: withdrawnAt }
  const told = Object.entries(times).flatMap(([name, time]) =>
    time ? [`${name} ${time.toISOString()}`] : [],
  )
  return [id, state.padEnd(7), ...told].join('  ')
}

const tellOf = (rotation: Record<string, string>, isJson: boolean): string =>
  isJson
    ? JSON.stringify(rotation)
    : Object.entries(rotation)
        .map((words) => words.join(' '))
        .join('\n')

const KeyId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/, 'a kid, as `keys list` shows it'))

/** The operators' part of the signing keys, also while HTTP is down. */
export const keyCommands = (withResources: WithResources): Record<string, Command> => {
  const list = (words: string[]) => {
    const { has } = readWords(words, { flags: ['--json'] })
    return withResources(async (resources) => {
      const keys = await readKeys(resources)
      return keys.map((key) => (has('--json') ? JSON.stringify(rowOf(key)) : lineOf(key))).join('\n')
    })
  }
  const rotate = (words: string[]) => {
    const { has } = readWords(words, { flags: ['--force', '--json'] })
    return withResources(async (resources) => {
      const rotation = await rotateKeys(resources, { force: has('--force') })
      resources.log.info('operator-rotated-keys', rotation)
      return tellOf(rotation, has('--json'))
    })
  }
  const withdraw = (words: string[]) => {
    const { given, has } = readWords(words, { takes: 1, flags: ['--json'] })
    const keyId = parseInput(KeyId, given[0], 'kid')
    return withResources(async (resources) => {
      const withdrawal = await withdrawKey(resources, keyId)
      resources.log.warn('operator-withdrew-key', withdrawal)
      return tellOf(withdrawal, has('--json'))
    })
  }
  return {
    'keys list': { about: 'the signing keys', takes: '[--json]', run: () => list([]), runWords: list },
    'keys rotate': {
      about: 'the next key signs from now on; --force also when it was published just now',
      takes: '[--force] [--json]',
      run: () => rotate([]),
      runWords: rotate,
    },
    'keys withdraw': {
      about: 'for a stolen key: nothing that it signed is believed any more; nobody is signed out',
      takes: '<kid> [--json]',
      run: () => withdraw([]),
      runWords: withdraw,
    },
  }
}
