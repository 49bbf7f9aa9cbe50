import type { Background } from '@kontora/service/serve'
import type { Resources } from '../resources.ts'
import { metricsApp } from './routes.ts'

export const listenMetrics = (resources: Resources, port: number, hostname: string): Background => {
  let server: Bun.Server<undefined> | undefined
  const start = (): void => {
    server = Bun.serve({ port, hostname, fetch: (request) => metricsApp.fetch(request, resources) })
    resources.log.info('metrics-listening', { metricsPort: server.port })
  }
  return { name: 'metrics', start, stop: async () => server?.stop(true) }
}
