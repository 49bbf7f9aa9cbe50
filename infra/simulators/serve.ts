import { refuseForeignHost, refuseStrangers } from './frame/guard.ts'
import type { Simulator } from './frame/simulator.ts'
import { simulators } from './index.ts'
import { openBackChannel } from './sber-id/open-back-channel.ts'

// One simulator as a process of the local stack: `bun serve.ts <name> <port> <store file>`.
const [name = '', port = '', store] = process.argv.slice(2)
const create = (
  simulators as Record<string, ((options: { store?: string | undefined }) => Simulator) | undefined>
)[name]
if (!create) {
  console.error(`No such simulator. There are: ${Object.keys(simulators).join(', ')}`)
  process.exit(2)
}
const simulator = create({ store })
const backChannel = name === 'sber-id' ? openBackChannel(simulator) : undefined
const refuse = (request: Request): Response | undefined =>
  new URL(request.url).pathname.startsWith('/_sim') ? refuseStrangers(request) : refuseForeignHost(request)

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: Number(port),
  idleTimeout: 255,
  fetch: (request) => refuse(request) ?? backChannel?.refuse(request) ?? simulator.app.fetch(request),
})
console.log(JSON.stringify({ part: name, event: 'listening', port: server.port }))
process.once('SIGTERM', async () => {
  console.log(JSON.stringify({ part: name, event: 'draining' }))
  await Promise.all([server.stop(true), backChannel?.stop()])
  simulator.close()
  process.exit(0)
})
