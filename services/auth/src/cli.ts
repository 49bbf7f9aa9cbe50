import { runCli } from '@kontora/door/cli'
import { eventCommands } from '@kontora/door/event-commands'
import { createLog } from '@kontora/service'
import { budgetCommands } from './budgets/cli.node.ts'
import type { WithResources } from './command-words.ts'
import { keyCommands } from './keys/cli.node.ts'
import { migrations } from './migrations.node.ts'
import { passkeyCommands } from './passkeys/cli.node.ts'
import { openResources } from './resources.ts'
import { sessionCommands } from './sessions/cli.node.ts'

/** What a command answers is on stdout alone; what it did is a line of the log. */
const withResources: WithResources = async (work) => {
  const opened = openResources(process.env, { max: 2 })
  const log = createLog('auth', opened.now, (line) => console.error(line))
  return work({ ...opened, log }).finally(() => opened.sql.end())
}

await runCli({
  service: 'auth',
  migrations,
  commands: {
    ...eventCommands,
    ...keyCommands(withResources),
    ...sessionCommands(withResources),
    ...budgetCommands(withResources),
    ...passkeyCommands(withResources),
  },
})
