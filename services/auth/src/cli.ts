import { runCli } from '@kontora/door/cli'
import { eventCommands } from '@kontora/door/event-commands'
import { parseInput } from '@kontora/service'
import { Id } from '@kontora/validation'
import * as v from 'valibot'
import { readKeys } from './keys/keyring.ts'
import { rotateKeys } from './keys/rotate-keys.ts'
import { migrations } from './migrations.node.ts'
import { type OpenResources, openResources } from './resources.ts'
import { endSessionsOf } from './sessions/end-session.ts'

const withResources = async (work: (resources: OpenResources) => Promise<string>): Promise<string> => {
  const resources = openResources(process.env, { max: 2 })
  return work(resources).finally(() => resources.sql.end())
}

const listKeys = async (resources: OpenResources): Promise<string> => {
  const keys = await readKeys(resources)
  const lines = keys.map(({ id, state, madeAt, signsFrom, retiredAt }) => {
    const times = { made: madeAt, signs: signsFrom, retired: retiredAt }
    const told = Object.entries(times).flatMap(([name, time]) =>
      time ? [`${name} ${time.toISOString()}`] : [],
    )
    return [id, state.padEnd(7), ...told].join('  ')
  })
  return lines.join('\n')
}

await runCli({
  service: 'auth',
  migrations,
  commands: {
    ...eventCommands,
    'keys list': { about: 'the signing keys', run: () => withResources(listKeys) },
    'keys rotate': {
      about: 'the next key signs from now on; --force also when it was published just now',
      takes: '[--force]',
      run: async (flag) => {
        parseInput(v.optional(v.literal('--force')), flag, 'argument')
        return withResources(async (resources) => {
          const { signs, next, retired } = await rotateKeys(resources, { force: flag !== undefined })
          return `signs ${signs}\nnext ${next}\nretired ${retired}`
        })
      },
    },
    'sessions end': {
      about: 'ends all sessions of a person',
      takes: '<userId>',
      run: async (text) => {
        const userId = parseInput(Id, text, 'userId')
        return withResources(async (resources) => `${await endSessionsOf(resources, userId)} sessions ended`)
      },
    },
  },
})
