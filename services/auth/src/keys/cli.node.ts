import type { Command } from '@kontora/door/cli'
import { Problem } from '@kontora/service'
import type { OpenResources } from '../resources.ts'
import { readKeys } from './keyring.ts'
import { rotateKeys } from './rotate-keys.ts'
import type { SigningKey } from './signing-key.ts'

type WithResources = (work: (resources: OpenResources) => Promise<string>) => Promise<string>

const readFlags = (words: string[], ...known: string[]): Set<string> => {
  if (words.some((word) => !known.includes(word)))
    throw new Problem('invalid-input', `The only options are ${known.join(', ')}`)
  return new Set(words)
}

/** Never the sealed half. */
const rowOf = ({ id, state, madeAt, signsFrom, retiredAt }: SigningKey) => ({
  ...{ id, state, madeAt, signsFrom, retiredAt },
})

const lineOf = ({ id, state, madeAt, signsFrom, retiredAt }: SigningKey): string => {
  const times = { made: madeAt, signs: signsFrom, retired: retiredAt }
  const told = Object.entries(times).flatMap(([name, time]) =>
    time ? [`${name} ${time.toISOString()}`] : [],
  )
  return [id, state.padEnd(7), ...told].join('  ')
}

/** The operators' part of the signing keys, also while HTTP is down. */
export const keyCommands = (withResources: WithResources): Record<string, Command> => {
  const list = (words: string[]) => {
    const flags = readFlags(words, '--json')
    return withResources(async (resources) => {
      const keys = await readKeys(resources)
      return keys.map((key) => (flags.has('--json') ? JSON.stringify(rowOf(key)) : lineOf(key))).join('\n')
    })
  }
  const rotate = (words: string[]) => {
    const flags = readFlags(words, '--force', '--json')
    return withResources(async (resources) => {
      const rotation = await rotateKeys(resources, { force: flags.has('--force') })
      if (flags.has('--json')) return JSON.stringify(rotation)
      return `signs ${rotation.signs}\nnext ${rotation.next}\nretired ${rotation.retired}`
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
  }
}
