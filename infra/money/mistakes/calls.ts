import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { refuseTestHosts } from '@kontora/service'
import { createAuthority } from '@kontora/simulators/mutual-tls'
import { qrAddress } from '../../../services/payment/src/acquirer/addresses.ts'
import { openBankAgent } from '../../../services/payment/src/acquirer/bank-agent.node.ts'
import { settings, tableFor } from '../../../services/payment/src/settings.ts'
import { refuseWrongBank } from '../../../services/payment/src/vtb/hosts.ts'
import { calledBy, type Mistake, must, mustThrow, over, stateOf } from './mistake.ts'

const secrets = ['secret', 'yourSecretToken', 'openapi-secret', 'a-secret-part-of-an-address', 'Bearer ']

/** All that the reference knows of the gateway and we may call (1.4 to 1.7, 5). */
const known = [
  'register.do',
  'registerPreAuth.do',
  'getOrderStatusExtended.do',
  'deposit.do',
  'reverse.do',
  'refund.do',
  'decline.do',
  'sbp/c2b/qr/dynamic/get.do',
  'sbp/c2b/qr/status.do',
  'sbp/c2b/qr/dynamic/reject.do',
  'closeOfdReceipt.do',
  'getReceiptStatus.do',
  'callback',
]

/** How the bank is called, where, and what is told of it. */
export const callMistakes: Mistake[] = [
  {
    row: 2,
    sentence:
      'five clicks make one order, a hold is not paid, certificates are checked, and no log tells a password',
    show: async (world) => {
      const { payment, story } = world
      const made = await story.invoice(1000, 'manual')
      const token = await payment.tokenFor(made.userId)
      const path = `/v1/invoices/${made.invoiceId}/attempts`
      const clicks = await Promise.all(
        Array.from({ length: 5 }, () => payment.ask('POST', path, { token, body: { way: 'card' } })),
      )
      await over(world)
      const attemptId = String(clicks[0]?.json.attemptId)
      must(
        clicks.every(({ json }) => json.attemptId === attemptId),
        'clicks make several orders',
      )
      await story.pay(String((await story.attemptOf(attemptId)).mdOrder))
      await over(world)
      must((await stateOf(world, attemptId)) === 'held', 'a hold is paid')
      const agent = readFileSync(
        join(import.meta.dir, '../../../services/payment/src/acquirer/bank-agent.node.ts'),
        'utf8',
      )
      must(!/rejectUnauthorized|checkServerIdentity/.test(agent), 'certificates are not checked')
      must(
        !payment.lines.some((line) => secrets.some((secret) => line.includes(secret))),
        'a log tells a secret',
      )
    },
  },
  {
    row: 6,
    sentence: 'an answer that did not come is unknown and never a failure',
    show: async (world) => {
      for (const kind of ['timeout-after-acting', 'garbage', 'error']) {
        await world.payment.bank.fault({ operation: 'register.do', kind })
        const { attemptId } = await world.story.attempt({ way: 'sbp' })
        must((await stateOf(world, attemptId)) === 'unknown', `after ${kind} it has failed`)
        await world.payment.bank.fault()
        await over(world, 6000)
        must((await stateOf(world, attemptId)) === 'open', `after ${kind} its order is not found`)
      }
    },
  },
  {
    row: 12,
    sentence: 'no host has a usual value, a stand is refused in production, and production anywhere else',
    show: async () => {
      for (const name of ['VTB_URL', 'VTB_RETURN_URL', 'VTB_CALLBACK_URL'] as const)
        must(!('default' in settings[name].schema), `${name} has a default`)
      const start = (ENVIRONMENT: string, VTB_URL: string) => () => {
        refuseTestHosts({ ENVIRONMENT, VTB_URL } as never)
        refuseWrongBank({ ENVIRONMENT, VTB_URL })
      }
      await mustThrow(
        start('production', 'https://vtb.rbsuat.com/payment/rest/'),
        'a stand starts in production',
      )
      await mustThrow(start('local', 'https://platezh.vtb24.ru/payment/rest/'), 'production starts elsewhere')
      start('production', 'https://platezh.vtb24.ru/payment/rest/')()
    },
  },
  {
    row: 15,
    sentence: "the bank's authority is believed by its own agent, beside the usual ones, and by nobody else",
    show: async () => {
      const [own, other] = [createAuthority('НУЦ'), createAuthority('чужой')]
      const { certificate, key } = own.issue('bank', { hosts: ['localhost'] })
      const fetchOne = () => new Response('{}')
      const server = Bun.serve({
        port: 0,
        hostname: '127.0.0.1',
        tls: { cert: certificate, key },
        fetch: fetchOne,
      })
      const url = `https://localhost:${server.port}/`
      must(
        (await openBankAgent({ ca: own.certificate })(url, {})).status === 200,
        'its own agent does not call',
      )
      await mustThrow(() => openBankAgent({ ca: other.certificate })(url, {}), 'a stranger is believed')
      await mustThrow(() => openBankAgent({ ca: undefined })(url, {}), 'it is believed unasked')
      await mustThrow(() => fetch(url), 'the whole process believes it')
      await server.stop(true)
    },
  },
  {
    row: 16,
    sentence: 'the QR methods are called at the exact paths of the papers',
    show: async (world) => {
      const { mdOrder, attemptId } = await world.story.attempt({ way: 'sbp' })
      const { qrPayload, orderNumber } = await world.story.attemptOf(attemptId)
      must(String(qrPayload).startsWith('https://qr.nspk.ru/'), 'no QR came')
      const [row] = await world.payment.sql<
        { qrId: string }[]
      >`select qr_id from attempts where id = ${attemptId}`
      const order = { orderNumber: String(orderNumber), bankId: mdOrder }
      await world.payment.resources.acquirers.of('rbs').withdraw(order, row?.qrId ?? '')
      const called = (await calledBy(world)).filter(({ details }) => details.mdOrder === mdOrder)
      const paths = called.map(({ operation }) => operation)
      must(
        paths.join() === 'sbp/c2b/qr/dynamic/get.do,sbp/c2b/qr/dynamic/reject.do',
        `called ${paths.join()}`,
      )
    },
  },
  {
    row: 17,
    sentence: 'no method and no state is invented: all that the bank was called by stands in its papers',
    show: async (world) => {
      const { payment, story } = world
      const { attemptId } = await story.settled({ way: 'sbp', priceKopecks: 1000 })
      const body = { attemptId, amountKopecks: 400, reason: 'x' }
      await payment.ask('POST', '/v1/refunds', { token: await story.operator(), body })
      await over(world)
      must(
        (await calledBy(world)).some(({ operation }) => operation === 'refund.do'),
        'nothing was called',
      )
      const strange = (await calledBy(world)).filter(({ operation }) => !known.includes(operation))
      must(strange.length === 0, `called ${strange.map(({ operation }) => operation).join()}`)
    },
  },
  {
    row: 18,
    sentence: 'no link of a QR is made by us, and none of another host is shown',
    show: async ({ payment, story }) => {
      const { attemptId, mdOrder } = await story.attempt({ way: 'sbp' })
      const { qrs } = await payment.bank.ask('GET', `orders/${mdOrder}`)
      const [qr] = qrs as { payload: string }[]
      must((await story.attemptOf(attemptId)).qrPayload === qr?.payload, "the link is not the bank's")
      for (const link of [
        'https://qr.nspk.ru.evil.test/A',
        'http://qr.nspk.ru/A',
        'https://qr.nspk.ru@evil.test/A',
      ])
        await mustThrow(() => qrAddress(link), `${link} is shown`)
    },
  },
  {
    row: 20,
    sentence: 'no secret has a usual value, stands in a file of ours, or is told by a complaint or a log',
    show: async ({ payment }) => {
      const names = [
        'VTB_PASSWORD',
        'VTB_CALLBACK_KEY',
        'VTB_OPENAPI_CLIENT_SECRET',
        'VTB_OPENAPI_CALLBACK_SECRET',
      ] as const
      for (const name of names)
        must((settings[name].schema as { default?: unknown }).default === undefined, `${name} has a default`)
      const { readSettings } = await import('@kontora/service')
      const complaint = await Promise.resolve()
        .then(() => readSettings(tableFor({}), { VTB_URL: 'no-url-9731', VTB_PASSWORD: 'pass-9731' }))
        .catch(String)
      must(!String(complaint).includes('9731'), 'a complaint tells a value')
      const example = readFileSync(join(import.meta.dir, '../../compose/.env.example'), 'utf8')
      for (const name of names)
        must(new RegExp(`^#?${name}=$`, 'm').test(example), `${name} stands in a file`)
      must(
        !payment.lines.some((line) => secrets.some((secret) => line.includes(secret))),
        'a log tells a secret',
      )
    },
  },
]
