import { join } from 'node:path'
import type { Command } from '../../stack/parts/launch.ts'
import { machineKey, paymentSettings, words } from '../payment-settings.ts'

/** The payment service twice, the jobs of a queue twice with whoever queues them, and who stands around: each can be killed. */
export const roles = [
  'payment-0',
  'payment-1',
  'jobs-0',
  'jobs-1',
  'queuer',
  'vtb',
  'one-c',
  'kafka-http',
] as const
export type Role = (typeof roles)[number]

const top = join(import.meta.dir, '../../..')

export type Addresses = {
  folder: string
  ports: Record<Role, number>
  databases: { payment: string; gateway: string; counting: string }
  neighbours: string
  seed: number
}

const at = (port: number): string => `http://127.0.0.1:${port}`
export const urlOf = ({ ports }: Addresses, role: Role): string => at(ports[role])

const door = (port: number) => ({ ENVIRONMENT: 'local', HOST: '127.0.0.1', PORT: String(port) })

const paymentEnv = (addresses: Addresses, slot: '0' | '1', machineKey: string): Record<string, string> => {
  const { ports, databases, neighbours } = addresses
  return {
    ...paymentSettings({
      neighbours,
      machineKey,
      databaseUrl: databases.payment,
      kafkaUrl: at(ports['kafka-http']),
      bankUrl: at(ports.vtb),
      baseUrl: at(ports['one-c']),
    }),
    ...door(ports[`payment-${slot}`]),
    SLOT: slot,
  }
}

const bankEnv = () => ({
  VTB_SIM_USER: words.user,
  VTB_SIM_PASSWORD: words.password,
  VTB_SIM_CALLBACK_KEY: words.callbacks,
})

export const commandsOf = async (addresses: Addresses): Promise<Record<Role, Command>> => {
  const { folder, ports, databases, seed } = addresses
  const key = await machineKey()
  const command = (
    role: Role,
    script: string,
    env: Record<string, string>,
    args: string[] = [],
  ): Command => ({
    script: join(top, script),
    args,
    env,
    logFile: join(folder, 'logs', `${role}.log`),
  })
  const service = (slot: '0' | '1') =>
    command(`payment-${slot}`, 'services/payment/src/server.ts', paymentEnv(addresses, slot, key))
  const simulator = (role: 'vtb' | 'one-c', env: Record<string, string>) =>
    command(role, 'infra/simulators/serve.ts', env, [
      role,
      String(ports[role]),
      join(folder, `${role}.sqlite`),
    ])
  const counting = { DATABASE_URL: databases.counting, SEED: String(seed) }
  return {
    'payment-0': service('0'),
    'payment-1': service('1'),
    'jobs-0': command('jobs-0', 'infra/money/kills/run-jobs.ts', counting),
    'jobs-1': command('jobs-1', 'infra/money/kills/run-jobs.ts', counting),
    queuer: command('queuer', 'infra/money/kills/queue-at-random.ts', counting),
    vtb: simulator('vtb', bankEnv()),
    'one-c': simulator('one-c', { ONEC_SIM_USER: 'Обмен', ONEC_SIM_PASSWORD: words.base }),
    'kafka-http': command('kafka-http', 'services/kafka-http/src/server.ts', {
      ...door(ports['kafka-http']),
      DATABASE_URL: databases.gateway,
      SESSION_TIMEOUT_MS: '10000',
    }),
  }
}
