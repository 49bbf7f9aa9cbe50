import type { Log } from '@kontora/service'
import type { SASLMechanismValue } from '@platformatic/kafka/core'
import type { Directory } from '../../peers/directory.ts'
import type { Peers } from '../../peers/peers.ts'
import type { Settings } from '../../settings.ts'
import { createKafkaLog } from './create-kafka-log.node.ts'

type KafkaSettings = Pick<
  Settings,
  | 'KAFKA_BROKERS'
  | 'KAFKA_SESSION_TIMEOUT_MS'
  | 'KAFKA_TLS'
  | 'KAFKA_TLS_CA'
  | 'KAFKA_SASL_MECHANISM'
  | 'KAFKA_SASL_USER'
  | 'KAFKA_SASL_PASSWORD'
>

/** The log of the cluster that the settings name, if they name one. */
export const openKafkaLog = (
  settings: KafkaSettings,
  peers: Peers,
  directory: Directory,
  log?: Pick<Log, 'warn'>,
) => {
  const { KAFKA_BROKERS: brokers, KAFKA_SESSION_TIMEOUT_MS: sessionTimeoutMs } = settings
  return (
    brokers &&
    createKafkaLog({ brokers, sessionTimeoutMs, peers, directory, log, security: securityOf(settings) })
  )
}

const securityOf = (settings: KafkaSettings) => {
  const { KAFKA_TLS, KAFKA_TLS_CA: ca, KAFKA_SASL_MECHANISM: mechanism } = settings
  const { KAFKA_SASL_USER: username = '', KAFKA_SASL_PASSWORD: password = '' } = settings
  return {
    ...(KAFKA_TLS === 'true' && { tls: ca === undefined ? {} : { ca } }),
    ...(mechanism && { sasl: { mechanism: mechanism as SASLMechanismValue, username, password } }),
  }
}
