import { type Command, withDatabase } from '@kontora/door/cli'
import { createLog, readSettings, realChance, setting } from '@kontora/service'
import * as v from 'valibot'
import { listDifferences, reconcileFromText } from './reconciliation/commands.ts'
import { importRegistryFile } from './registries/commands.node.ts'
import { defaultFormat, type RegistryFormat, RegistryFormatText } from './registries/registry-format.ts'
import { importStatementFile } from './statements/commands.node.ts'

const readFormat = (env: unknown): RegistryFormat =>
  readSettings({ BANK_REGISTRY: setting(v.optional(RegistryFormatText), 'its registry') }, env)
    .BANK_REGISTRY ?? defaultFormat

/** What an operator does with the bank's books. */
export const bookCommands = (env: unknown): Record<string, Command> => ({
  'statement import': {
    about: 'takes in a bank statement (1CClientBankExchange)',
    takes: '<file>',
    run: (path) => withDatabase((sql) => importStatementFile(sql, path)),
  },
  'registry import': {
    about: "takes in the bank's registry of card and SBP operations",
    takes: '<file>',
    run: (path) => withDatabase((sql) => importRegistryFile(sql, readFormat(env), path)),
  },
  reconcile: {
    about: 'proves of a day that the bank and the ledger agree, and tells every difference',
    takes: '<day>',
    run: (day) =>
      withDatabase((sql) => {
        const chance = realChance()
        const log = createLog('payment', chance.now, (line) => console.error(line))
        return reconcileFromText({ ...chance, sql, log, registryFormat: readFormat(env) }, day)
      }),
  },
  differences: {
    about: 'where the bank and the ledger differ, until it is explained',
    run: () => withDatabase((sql) => listDifferences(sql)),
  },
})
