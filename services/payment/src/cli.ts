import { runCli, withDatabase } from '@kontora/door/cli'
import { eventCommands } from '@kontora/door/event-commands'
import { jobCommands } from '@kontora/door/job-commands'
import { Problem, parseInput, readSettings, realChance } from '@kontora/service'
import { Id } from '@kontora/validation'
import { bookCommands } from './book-commands.node.ts'
import { oneCCommands } from './export/commands.ts'
import { listLegalEntities, putFromText } from './legal-entities/commands.ts'
import { migrations } from './migrations.node.ts'
import { oneCSettings } from './settings.ts'
import { showPayment } from './show-payment.ts'

await runCli({
  service: 'payment',
  migrations,
  commands: {
    ...eventCommands,
    ...bookCommands(process.env),
    ...oneCCommands(withDatabase, () => readSettings(oneCSettings, process.env)),
    ...jobCommands,
    'legal-entity put': {
      about: 'makes a seller, or changes the one of `legalEntityId`',
      takes: '<json>',
      run: (text = '') => withDatabase((sql) => putFromText({ ...realChance(), sql }, text)),
    },
    'legal-entity list': { about: 'the sellers as they are now', run: () => withDatabase(listLegalEntities) },
    'payment show': {
      about: 'everything known of one payment, as JSON',
      takes: '<attemptId>',
      run: (text) => {
        const attemptId = parseInput(Id, text, 'attemptId')
        return withDatabase(async (sql) => {
          const payment = await showPayment(sql, attemptId)
          if (!payment) throw new Problem('not-found', 'No such attempt')
          return JSON.stringify(payment, null, 2)
        })
      },
    },
  },
})
