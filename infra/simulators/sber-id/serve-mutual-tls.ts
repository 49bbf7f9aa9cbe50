import type { Simulator } from '../frame/simulator.ts'
import type { Certificate } from './make-certificate.ts'

type Options = Certificate & { clientAuthority: string; port?: number }

/** The back channel as the bank has it: https that talks only to whoever shows a certificate of the bank's client authority. */
export const serveMutualTls = (
  { app }: Simulator,
  { certificate, key, clientAuthority, port = 0 }: Options,
): { url: string; stop: () => Promise<void> } => {
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port,
    idleTimeout: 60,
    tls: { cert: certificate, key, ca: clientAuthority, requestCert: true, rejectUnauthorized: true },
    fetch: (request) => app.fetch(request),
  })
  return { url: `https://localhost:${server.port}`, stop: () => server.stop(true) }
}
