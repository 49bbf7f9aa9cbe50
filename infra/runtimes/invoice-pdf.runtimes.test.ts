import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { realChance } from '@kontora/service'
import { simulatedSeller, simulatedSellerId, testDatabase } from '@kontora/testing'
import { issueInvoice } from '../../services/payment/src/invoices/issue-invoice.ts'
import { putLegalEntity } from '../../services/payment/src/legal-entities/put-legal-entity.ts'
import { migrations } from '../../services/payment/src/migrations.node.ts'
import { startOutside } from './start-outside.ts'
import { startBun, startDeno, startWorkerd } from './start-service.ts'
import { testSettings } from './test-settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'kontora-invoice-pdf-'))
const outside = await startOutside()
const database = await testDatabase({ name: 'payment', migrations })
const place = { folder, databaseUrl: database.url, outsideUrl: outside.url }
const settings = {
  ...(await testSettings('payment', place)),
  ...{ AUTH_TOKEN_URL: `${outside.url}/auth/v1/token`, CLIENT_URL: `${outside.url}/client` },
}
afterAll(async () => {
  outside.stop()
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})

const userId = crypto.randomUUID()
const resources = { ...realChance(), sql: database.sql }
await putLegalEntity(resources, { id: 'test' }, { legalEntityId: simulatedSellerId, entity: simulatedSeller })
const lines = Array.from({ length: 60 }, (_, i) => ({
  ...{ title: `Сопровождение «1С», этап ${i + 1}`, quantity: 3, priceKopecks: 406_667, discountKopecks: 1 },
  vat: '22',
}))
const { invoiceId } = await issueInvoice(resources, { id: 'test' }, { userId, lines })

const draw = async (start: typeof startBun): Promise<{ etag: string | null; bytes: Uint8Array }> => {
  const started = await start({
    service: 'payment',
    settings: { ...settings, KAFKA_HTTP_URL: outside.kafkaUrl },
    folder,
  })
  try {
    const headers = { authorization: `Bearer ${await outside.tokenOf(userId)}` }
    const answer = await fetch(`${started.url}/v1/invoices/${invoiceId}/pdf`, { headers })
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}\n${started.log()}`)
    return { etag: answer.headers.get('etag'), bytes: await answer.bytes() }
  } finally {
    await started.kill()
  }
}

test('Bun, Deno and workerd draw an invoice as the same bytes', async () => {
  const ofBun = await draw(startBun)
  expect(new TextDecoder().decode(ofBun.bytes.slice(0, 5))).toBe('%PDF-')
  expect(ofBun.bytes.length).toBeGreaterThan(50_000)
  expect(await draw(startDeno)).toEqual(ofBun)
  expect(await draw(startWorkerd)).toEqual(ofBun)
}, 60_000)
