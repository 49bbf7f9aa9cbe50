import { createServer } from 'node:net'
import { type Place, StartFault } from './place.ts'
import { services } from './secrets.ts'

export const simulatorNames = [
  'vtb',
  'sber-id',
  'one-c',
  'roback',
  'campaigns',
  'resend',
  'vtb-openapi',
] as const

/** Everything counts up from the first port. */
export const partNames = ['postgres', 'kafka-http', 's3', ...simulatorNames, ...services] as const
export type PartName = (typeof partNames)[number]

export const portOf = ({ port }: Place, name: PartName): number => port + 1 + partNames.indexOf(name)
export const urlOf = (place: Place, name: PartName): string => `http://127.0.0.1:${portOf(place, name)}`

/** Сбер ID talks to browsers at its own port, and to us by mutual TLS behind all others. */
export const sberBackChannelPort = ({ port }: Place): number => port + 1 + partNames.length

/** Binding is the only honest test of a port. */
const whyNot = (port: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const server = createServer()
      .once('error', ({ code }: NodeJS.ErrnoException) => resolve(code ?? 'unknown'))
      .listen(port, '127.0.0.1', () => server.close(() => resolve(undefined)))
  })

export const refuseTakenPorts = async (place: Place, parts: PartName[]): Promise<void> => {
  const ports = [place.port, ...parts.map((name) => portOf(place, name)), sberBackChannelPort(place)]
  const faults = await Promise.all(ports.map(whyNot))
  if (faults.includes('EACCES'))
    throw new StartFault(
      `Port ${place.port} and those after it are not for this user. KONTORA_PORT names others, above 1023.`,
    )
  const taken = ports.filter((_, i) => faults[i])
  if (taken.length > 0)
    throw new StartFault(
      `In use by another program: port ${taken.join(', ')} of 127.0.0.1. KONTORA_PORT=${place.port + 100} takes another block.`,
    )
}
