import { app } from '../../../services/payment/src/app.ts'
import { say } from '../../backbone/outbox/child.ts'
import { resources, startJobs } from '../settle/callback-service.ts'

/** The service's door over HTTP, with the jobs that callbacks wake; the bank that they ask answers in this process. */
await resources.sql`select 1`
startJobs()
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: (request) => app.fetch(request, resources),
})
say('listening', { port: server.port })
