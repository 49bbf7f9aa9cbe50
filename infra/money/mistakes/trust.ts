import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { app } from '../../../services/payment/src/app.ts'
import { judgeAttempt } from '../../../services/payment/src/attempts/judge-attempt.ts'
import { callbackCheck } from '../../../services/payment/src/vtb/checksum.ts'
import { localeOrderChecksum, vectors } from '../../../services/payment/src/vtb/testing-vectors.node.ts'
import { callback, deposited, signed } from './callback.ts'
import { bookedTimes, calledBy, type Mistake, must, over, stateOf } from './mistake.ts'

const sources = join(import.meta.dir, '../../../services/payment/src')
const source = (path: string): string => readFileSync(join(sources, path), 'utf8')

/** What is believed of a callback, a browser and a signature. */
export const trustMistakes: Mistake[] = [
  {
    row: 1,
    sentence: 'a paid order of little settles no other, whatever the address says that a payer comes back by',
    show: async (world) => {
      const { payment, story } = world
      const [cheap, dear] = [await story.attempt({ priceKopecks: 100 }), await story.attempt()]
      await story.pay(cheap.mdOrder)
      await app.request(`/back?orderId=${cheap.mdOrder}&order_id=${dear.attemptId}`, {}, payment.resources)
      const { orderNumber } = await story.attemptOf(dear.attemptId)
      await callback(world, signed(deposited(cheap.mdOrder, { orderNumber: String(orderNumber) })))
      await over(world)
      must((await stateOf(world, cheap.attemptId)) === 'settled', 'the paid one is not settled')
      must((await stateOf(world, dear.attemptId)) === 'open', 'the other one is settled by it')
      const answer = await payment.resources.acquirers
        .of('rbs')
        .find({ orderNumber: '', bankId: cheap.mdOrder })
      if (answer) await judgeAttempt(payment.resources, dear.attemptId, answer)
      must((await stateOf(world, dear.attemptId)) === 'quarantined', "another order's answer settles")
    },
  },
  {
    row: 3,
    sentence:
      'a callback that says paid, without a checksum or with the right one, settles nothing by itself',
    show: async (world) => {
      const { attemptId, mdOrder } = await world.story.attempt()
      must(
        (await callback(world, new URLSearchParams(deposited(mdOrder)).toString())) === 403,
        'unsigned is taken',
      )
      must((await callback(world, signed(deposited(mdOrder)))) === 200, 'signed is refused')
      await over(world)
      must((await stateOf(world, attemptId)) === 'open', 'it settles by the callback')
    },
  },
  {
    row: 9,
    sentence: 'a callback of a refund books nothing, and one that tells of a failure is no success',
    show: async (world) => {
      const { attemptId, mdOrder } = await world.story.settled({ priceKopecks: 1000 })
      const before = await bookedTimes(world, attemptId)
      for (const status of ['0', '1'])
        await callback(world, signed(deposited(mdOrder, { operation: 'refunded', status })))
      await over(world)
      must((await bookedTimes(world, attemptId)) === before, 'a callback is booked as a refund')
      must(
        (await world.story.attemptOf(attemptId)).refundedKopecks === 0,
        'a refund is taken from a callback',
      )
      const open = await world.story.attempt()
      await callback(world, signed(deposited(open.mdOrder, { status: '0' })))
      await over(world)
      must((await stateOf(world, open.attemptId)) === 'open', 'deposited with status 0 counts')
    },
  },
  {
    row: 10,
    sentence: 'checksums and secrets are compared in constant time',
    show: async () => {
      const checksum = source('vtb/checksum.ts')
      must(checksum.split('crypto.subtle.verify(').length === 3, 'a checksum is not compared by WebCrypto')
      must(
        !/checksum\s*[!=]==?|[!=]==?\s*checksum/.test(checksum + source('callbacks/routes.ts')),
        'a checksum is compared by ==',
      )
      must(
        source('callbacks/routes.ts').includes('await isSame(secret, openapiSecret)'),
        'a secret is compared by ==',
      )
    },
  },
  {
    row: 11,
    sentence: 'every pair that came is signed, by code units, and no list of names, order or appended key',
    show: async () => {
      for (const { name, algorithm, key, text, checksum } of vectors)
        must(await callbackCheck(algorithm, key)(text, checksum), `${name} does not verify`)
      const t3 = vectors[2]
      must(
        !(await callbackCheck('hmac', t3?.key ?? '')(t3?.text ?? '', localeOrderChecksum)),
        'localeCompare is taken',
      )
    },
  },
  {
    row: 19,
    sentence: 'what we could not store is answered 500, so that the bank calls again',
    show: async ({ payment, story }) => {
      const { mdOrder } = await story.attempt()
      const broken = { ...payment.resources, newId: () => 'no-uuid' }
      const answer = await app.request(`/v1/vtb/callback?${signed(deposited(mdOrder))}`, {}, broken)
      must(answer.status === 500, `our own fault is answered ${answer.status}`)
    },
  },
  {
    row: 21,
    sentence:
      'a rightly signed callback of another merchant moves nothing: the bank is asked by our own number',
    show: async (world) => {
      const { attemptId, mdOrder } = await world.story.attempt()
      const alien = crypto.randomUUID()
      const { orderNumber } = await world.story.attemptOf(attemptId)
      await callback(world, signed(deposited(alien, { orderNumber: String(orderNumber) })))
      await over(world)
      must((await stateOf(world, attemptId)) === 'open', 'an alien order settles ours')
      const asked = (await calledBy(world)).map(({ details }) => details.orderId)
      must(asked.includes(mdOrder) && !asked.includes(alien), 'the alien order is asked about')
    },
  },
  {
    row: 22,
    sentence: 'twenty callbacks, polls and answers at once credit once, and the books refuse a second time',
    show: async (world) => {
      const { payment, story } = world
      const { attemptId, mdOrder } = await story.attempt()
      await story.pay(mdOrder, { callback: 'duplicate' })
      const answer = await payment.resources.acquirers.of('rbs').find({ orderNumber: '', bankId: mdOrder })
      if (!answer) throw new Error('The bank has lost the order')
      await Promise.all(Array.from({ length: 20 }, () => judgeAttempt(payment.resources, attemptId, answer)))
      await payment.bank.tick()
      await over(world)
      must((await bookedTimes(world, attemptId)) === 1, 'it is credited more than once')
      const again = payment.sql`insert into ledger_transactions (id, kind, source_id, made_at)
        values (${crypto.randomUUID()}, 'attempt-settled', ${attemptId}, ${new Date()})`
      const refused = await again.then(
        () => false,
        () => true,
      )
      must(refused, 'the books take it twice')
    },
  },
]
