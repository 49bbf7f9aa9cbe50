import { realChance } from '@kontora/service'
import { simulatedSeller, simulatedSellerId, type TestDatabase, testDatabase } from '@kontora/testing'
import { putLegalEntity } from '../../../services/payment/src/legal-entities/put-legal-entity.ts'
import { migrations } from '../../../services/payment/src/migrations.node.ts'
import { ownCluster } from '../../backbone/outbox/stand.ts'
import { machineKey, paymentSettings } from '../payment-settings.ts'

/** What a payment service is told that asks nobody around it. */
const settingsFor = async ({ url }: TestDatabase): Promise<Record<string, string>> => {
  const nobody = 'http://127.0.0.1:9'
  const places = { kafkaUrl: nobody, bankUrl: nobody, baseUrl: nobody, neighbours: nobody }
  return paymentSettings({ ...places, databaseUrl: url, machineKey: await machineKey() })
}

/** A Postgres of its own with the service's database and one seller; `durable` syncs each commit, as in production. */
export const openPayment = async (durable: boolean) => {
  const endCluster = await ownCluster(durable)
  const database = await testDatabase({ name: 'payment', migrations })
  const seller = { legalEntityId: simulatedSellerId, entity: simulatedSeller }
  await putLegalEntity({ ...realChance(), sql: database.sql }, { id: 'bench' }, seller)
  const close = async (): Promise<void> => {
    await database.close()
    await endCluster()
  }
  return { ...database, settings: await settingsFor(database), close }
}
export type OpenPayment = Awaited<ReturnType<typeof openPayment>>
