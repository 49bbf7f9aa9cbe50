import { runCli, withDatabase } from '@kontora/door/cli'
import { eventCommands } from '@kontora/door/event-commands'
import { jobCommands } from '@kontora/door/job-commands'
import { readSettings, realChance } from '@kontora/service'
import { bookCommands } from './book-commands.node.ts'
import { decisionCommands } from './decisions/commands.ts'
import { oneCCommands } from './export/commands.ts'
import { listLegalEntities, putFromText } from './legal-entities/commands.ts'
import { migrations } from './migrations.node.ts'
import { paymentCommands } from './payments/commands.ts'
import { refundCommands } from './refunds/commands.ts'
import { oneCSettings } from './settings.ts'
import { transferCommands } from './transfers/commands.ts'

await runCli({
  service: 'payment',
  migrations,
  commands: {
    ...eventCommands,
    ...bookCommands(process.env),
    ...oneCCommands(withDatabase, () => readSettings(oneCSettings, process.env)),
    ...jobCommands,
    ...paymentCommands(withDatabase),
    ...decisionCommands(withDatabase),
    ...refundCommands(withDatabase),
    ...transferCommands(withDatabase, process.env),
    'legal-entity put': {
      about: 'makes a seller, or changes the one of `legalEntityId`',
      takes: '<json>',
      run: (text = '') => withDatabase((sql) => putFromText({ ...realChance(), sql }, text)),
    },
    'legal-entity list': { about: 'the sellers as they are now', run: () => withDatabase(listLegalEntities) },
  },
})
