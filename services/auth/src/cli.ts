import { runCli } from '@kontora/door/cli'
import { eventCommands } from '@kontora/door/event-commands'
import { createLog, parseInput } from '@kontora/service'
import { Id } from '@kontora/validation'
import { keyCommands } from './keys/cli.node.ts'
import { migrations } from './migrations.node.ts'
import { type OpenResources, openResources } from './resources.ts'
import { endSessionsOf } from './sessions/end-session.ts'

const withResources = async (work: (resources: OpenResources) => Promise<string>): Promise<string> => {
  const opened = openResources(process.env, { max: 2 })
  // What a command answers is on stdout alone.
  const resources = { ...opened, log: createLog('auth', opened.now, (line) => console.error(line)) }
  return work(resources).finally(() => resources.sql.end())
}

await runCli({
  service: 'auth',
  migrations,
  commands: {
    ...eventCommands,
    ...keyCommands(withResources),
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
