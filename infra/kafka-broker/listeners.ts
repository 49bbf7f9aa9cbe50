import { join } from 'node:path'
import { keyStoreFile } from './make-certificate.ts'

export type User = { name: string; password: string }
/** Every user may sign in by PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512. */
export type Sasl = { users: User[] }

export type Addresses = { plain: string; sasl: string; tls: string; saslTls: string }

const address = (port: number): string => `127.0.0.1:${port}`

/** All count up from the first; the second is the controller's. */
export const addressesFrom = (port: number): Addresses => ({
  plain: address(port),
  sasl: address(port + 2),
  tls: address(port + 3),
  saslTls: address(port + 4),
})

export type Wanted = { port: number; dir: string; sasl: Sasl | undefined; tls: boolean }

const protocols = { plain: 'PLAINTEXT', sasl: 'SASL_PLAINTEXT', tls: 'SSL', saslTls: 'SASL_SSL' } as const
const controllerOf = (port: number): string => address(port + 1)

const plainLogin = 'org.apache.kafka.common.security.plain.PlainLoginModule'
const scramLogin = 'org.apache.kafka.common.security.scram.ScramLoginModule'

const saslProperties = (listener: string, { users }: Sasl): Record<string, string> => {
  const known = users.map(({ name, password }) => `user_${name}="${password}"`)
  const jaas = (mechanism: string) => `listener.name.${listener}.${mechanism}.sasl.jaas.config`
  return {
    [jaas('plain')]: `${plainLogin} required ${known.join(' ')};`,
    [jaas('scram-sha-256')]: `${scramLogin} required;`,
    [jaas('scram-sha-512')]: `${scramLogin} required;`,
  }
}

export const listenerProperties = ({ port, dir, sasl, tls }: Wanted): Record<string, string> => {
  const addresses = addressesFrom(port)
  const names = (['plain', 'sasl', 'tls', 'saslTls'] as const).filter(
    (name) => (sasl || !name.startsWith('sasl')) && (tls || !name.toLowerCase().endsWith('tls')),
  )
  const open = names.map((name) => `${protocols[name]}://${addresses[name]}`)
  return {
    'controller.quorum.voters': `1@${controllerOf(port)}`,
    listeners: [...open, `CONTROLLER://${controllerOf(port)}`].join(','),
    'advertised.listeners': open.join(','),
    'listener.security.protocol.map': [
      'CONTROLLER:PLAINTEXT',
      ...names.map((name) => `${protocols[name]}:${protocols[name]}`),
    ].join(','),
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    ...(sasl && { 'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512' }),
    ...(sasl && saslProperties('sasl_plaintext', sasl)),
    ...(sasl && tls && saslProperties('sasl_ssl', sasl)),
    ...(tls && { 'ssl.keystore.type': 'PEM', 'ssl.keystore.location': join(dir, keyStoreFile) }),
  }
}

/** SCRAM's users are in the cluster's metadata from the first. */
export const scramArguments = ({ users }: Sasl): string[] =>
  users.flatMap(({ name, password }) =>
    ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${name},password=${password}]`,
    ]),
  )
