import { runCli, withDatabase } from '@kontora/door/cli'
import { eventCommands } from '@kontora/door/event-commands'
import type { Sql } from '@kontora/postgres'
import { parseInput, realChance } from '@kontora/service'
import { Id } from '@kontora/validation'
import { DeliveryState } from './deliveries/delivery.ts'
import { readDeliveries } from './deliveries/read-deliveries.ts'
import { retryDelivery } from './deliveries/retry-delivery.ts'
import { retrySystem } from './deliveries/retry-system.ts'
import { System } from './deliveries/system.ts'
import { migrations } from './migrations.node.ts'

const operator = { id: 'operator' }

const list = async (sql: Sql, word = 'failed'): Promise<string> => {
  const state = parseInput(DeliveryState, word, 'state')
  const rows = await readDeliveries(sql, { state, limit: 200 })
  const lines = rows.map(({ deliveryId, documentId, system, attempts, reason }) =>
    [deliveryId, system, documentId, `${attempts} attempts`, reason ?? ''].join('  '),
  )
  return lines.join('\n') || `none ${state}`
}

const retry = async (sql: Sql, word = ''): Promise<string> => {
  const resources = { ...realChance(), sql }
  const system = System.options.find((name) => name === word)
  if (system) return `${await retrySystem(resources, operator, { system })} taken up`
  const deliveryId = parseInput(Id, word, 'id')
  return `${deliveryId} is ${(await retryDelivery(resources, operator, { deliveryId })).state}`
}

await runCli({
  service: 'documents',
  migrations,
  commands: {
    ...eventCommands,
    'deliveries list': {
      about: 'the oldest 200: waiting, delivered or failed (if not said)',
      takes: '[state]',
      run: (state) => withDatabase((sql) => list(sql, state)),
    },
    'deliveries retry': {
      about: 'sends one again, or all that failed at one-c, roback or campaigns',
      takes: '<id or system>',
      run: (word) => withDatabase((sql) => retry(sql, word)),
    },
  },
})
