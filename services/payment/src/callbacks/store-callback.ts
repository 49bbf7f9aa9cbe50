import type { WriteResources } from '../resources.ts'
import { keepCallback, sha256 } from './keep-callback.ts'

/** What we keep of a callback: the rest may be a person's (`email`, `phone`, `maskedPan`, `clientId` …). */
const keptFields = [
  'mdOrder',
  'orderNumber',
  'operation',
  'status',
  'amount',
  'depositedAmount',
  'refundedAmount',
  'operationRefundedAmount',
  'externalRefundId',
  'currency',
  'actionCode',
  'paymentState',
  'paymentWay',
  'callbackCreationDate',
]

/** U+0000 is no text to Postgres. */
const plain = (text: string): string => text.replaceAll('\0', '').slice(0, 300)

/**
 * Stored once and settles nothing: it makes us ask the bank. A callback for nobody's order is kept as well. The same one is
 * known by its checksum: a digest of the text itself would let whoever sees it guess at an address that stood there.
 */
export const storeCallback = async (
  resources: WriteResources,
  pairs: ReadonlyMap<string, string>,
  checksum: string,
): Promise<void> => {
  const field = (name: string) => plain(pairs.get(name) ?? '')
  const fields = Object.fromEntries(
    keptFields.filter((name) => pairs.has(name)).map((name) => [name, field(name)]),
  )
  const kept = {
    hash: await sha256(checksum.toUpperCase()),
    operation: field('operation'),
    status: field('status'),
    fields,
  }
  const order = { orderNumber: field('orderNumber'), bankId: field('mdOrder') }
  await keepCallback(resources, kept, { acquirer: 'rbs', ...order, ofNobodyToo: true })
}
