import type { Bench } from '../../stack/bench/figure.ts'
import { startGateway } from './gateway.ts'
import { compare, race } from './race.ts'
import { startRacer } from './racer.ts'

const load = { batch: 100, connections: 16 }
const extent = { ms: 3000 }

/** The same rows into the same table of the same durable Postgres, in turn: through the gateway, and by multi-row inserts. */
export const benchPostgresProduce: Bench = async (say) => {
  const gateway = await startGateway({ topics: { 'ours-0': 6 } })
  const bare = await startRacer('./bare/insert.ts', { database: gateway.database, topic: 'bare-0', ...load })
  const ours = await startRacer('./load.ts', {
    '': 'produce',
    url: gateway.url.href,
    topic: 'ours-0',
    ...load,
  })
  try {
    const pairs = await race({ bare, ours, pid: gateway.pid, extent, say })
    const kind = { figure: 'postgres-produce-100', unit: 'messages/s', goal: 0.6 }
    const figure = compare(pairs, { ...kind, of: ({ perSecond }) => perSecond })
    return [{ ...figure, against: figure.against.replace('the bare library', 'a multi-row insert') }]
  } finally {
    await bare.stop()
    await ours.stop()
    await gateway.stop()
  }
}
