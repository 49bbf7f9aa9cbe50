import { simulatedBase } from '@kontora/testing'
import { exportJWK, generateKeyPair } from 'jose'

/** Among the processes of one run. */
export const words = {
  user: 'test-api',
  password: 'secret',
  callbacks: 'yourSecretToken',
  base: 'пароль',
  kafka: 'a-password-of-24-letters',
}

export const machineKey = async (): Promise<string> => {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true })
  return JSON.stringify(await exportJWK(privateKey))
}

/** `neighbours` stands for `auth` and `client`, and is where callbacks come in. */
type Places = {
  databaseUrl: string
  kafkaUrl: string
  bankUrl: string
  baseUrl: string
  neighbours: string
  machineKey: string
}

/** What a payment service of these proofs and benches is told, but for its port and its slot. */
export const paymentSettings = (places: Places): Record<string, string> => ({
  ENVIRONMENT: 'local',
  HOST: '127.0.0.1',
  DATABASE_URL: places.databaseUrl,
  KAFKA_HTTP_URL: places.kafkaUrl,
  KAFKA_HTTP_USER: 'all',
  KAFKA_HTTP_PASSWORD: words.kafka,
  AUTH_ISSUER: 'https://auth.test',
  AUTH_JWKS_URL: `${places.neighbours}/jwks`,
  AUTH_TOKEN_URL: `${places.neighbours}/token`,
  MACHINE_KEY: places.machineKey,
  CLIENT_URL: places.neighbours,
  PAYER_LINK_KEY: `${'l'.repeat(42)}A`,
  ACQUIRER: 'rbs',
  VTB_USER: words.user,
  VTB_PASSWORD: words.password,
  VTB_CALLBACK_ALGORITHM: 'hmac',
  VTB_CALLBACK_KEY: words.callbacks,
  VTB_URL: places.bankUrl,
  VTB_CALLBACK_URL: `${places.neighbours}/v1/vtb/callback`,
  VTB_RETURN_URL: `${places.neighbours}/`,
  VTB_REFUND_ID: 'verified',
  RECEIPTS: 'none',
  ONEC_URL: `${places.baseUrl}/buh/odata/standard.odata/`,
  ONEC_USER: 'Обмен',
  ONEC_PASSWORD: words.base,
  ONEC_MAPPING: JSON.stringify(simulatedBase),
  ONEC_CONCURRENCY: '4',
})
