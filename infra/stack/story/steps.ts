import { administrator } from '../first-administrator.ts'
import { acceptDocument, requestDocument, type Stored, seeDelivered, uploadDocument } from './documents.ts'
import {
  bankOrder,
  type Invoice,
  issueInvoice,
  pay,
  refundHalf,
  seeBalanced,
  seeInOneC,
  seeSettled,
  startAttempt,
} from './payments.ts'
import { sha256Hex } from './pdf.ts'
import { type Person, signIn, signInToManage } from './people.ts'
import { eventually, must, type World } from './world.ts'

/** What the story did, for whoever audits it afterwards. */
export type Facts = {
  person: Person
  clerk: Person
  documentId: string
  sha256: string
  invoices: Invoice[]
  attempts: { attemptId: string; amountKopecks: number }[]
  refund: { refundId: string; amountKopecks: number }
}

export type Step = { step: string; ok: boolean; ms: number; detail: string }

type Told = { title: string; work: () => Promise<string> }

const blockedEverywhere = async (world: World, person: Person): Promise<string> => {
  const doors = [
    '/client/v1/me',
    '/auth/v1/sessions',
    '/documents/v1/requests',
    '/notification/v1/messages',
    '/payment/v1/invoices',
  ]
  for (const door of doors)
    await eventually(world, `${door} refuses the blocked person's live token`, async () => {
      const { status } = await world.call('GET', door, { token: person.token })
      return status === 401
    })
  return `${doors.length} services`
}

/** The main story. Each step checks what an outsider can see, not our own status alone. */
export const tellStory = (world: World, run: string, onFacts: (facts: Facts) => void): Told[] => {
  let person: Person
  let admin: Person
  let clerk: Person
  let stored: Stored
  let requested: Awaited<ReturnType<typeof requestDocument>>
  let first: Invoice
  let second: Invoice
  let bySbp: Awaited<ReturnType<typeof startAttempt>>
  let byCard: Awaited<ReturnType<typeof startAttempt>>

  const grantClerk = async (): Promise<string> => {
    clerk = await signIn(world, `clerk-${run}@example.org`)
    const refused = await world.call('GET', '/documents/v1/documents?state=stored', { token: clerk.token })
    must(refused.status === 403, 'without the role the clerk is refused')
    const permissions = ['document:request', 'document:review', 'invoice:issue', 'invoice:read']
    const role = { name: `Делопроизводитель ${run}`, permissions }
    const { roleId } = await world.post<{ roleId: string }>('/client/v1/roles', {
      token: admin.token,
      body: role,
    })
    await world.post(`/client/v1/users/${clerk.userId}/grants`, { token: admin.token, body: { roleId } })
    await eventually(world, 'documents knows of the grant', async () => {
      const { status } = await world.call('GET', '/documents/v1/documents?state=stored', {
        token: clerk.token,
      })
      return status === 200
    })
    await eventually(world, 'payment knows of the grant', async () => {
      const { status } = await world.call('GET', `/payment/v1/invoices/${crypto.randomUUID()}`, {
        token: clerk.token,
      })
      return status === 404
    })
    return `${permissions.length} permissions`
  }

  return [
    {
      title: 'a person asks for a code, reads it in the mailbox and signs in',
      work: async () => {
        person = await signIn(world, `anna-${run}@example.org`)
        return person.userId
      },
    },
    {
      title: 'the administrator signs in',
      work: async () => {
        admin = await signInToManage(world, administrator)
        return administrator
      },
    },
    { title: 'he creates a role and grants it to a clerk', work: grantClerk },
    {
      title: 'the clerk requests a document, the person gets a letter',
      work: async () => {
        requested = await requestDocument(world, clerk, person, run)
        return requested.requestId
      },
    },
    {
      title: 'the person uploads a PDF straight to S3, and it reads back the same',
      work: async () => {
        stored = await uploadDocument(world, person, requested, run)
        return `${stored.bytes.length} bytes`
      },
    },
    {
      title: 'the clerk accepts it, the person gets a letter',
      work: async () => {
        await acceptDocument(world, clerk, person, stored)
        return stored.documentId
      },
    },
    {
      title: 'it is delivered to 1С, Roback and Campaigns',
      work: () => seeDelivered(world, clerk, stored),
    },
    {
      title: 'an invoice is issued, the payer gets a letter',
      work: async () => {
        first = await issueInvoice(world, clerk, person, 617_283)
        return first.number
      },
    },
    {
      title: 'it is paid by СБП, the callback is lost, the poller finds the payment',
      work: async () => {
        bySbp = await startAttempt(world, person, first, 'sbp')
        must(new URL(bySbp.qrPayload ?? '').host === 'qr.nspk.ru', 'the QR leads to НСПК')
        must(
          new URL(bySbp.qrPayload ?? '').searchParams.get('sum') === String(first.amountKopecks),
          'the QR holds the sum',
        )
        await pay(world, bySbp, { way: 'sbp', callback: 'lose' })
        await seeSettled(world, person, bySbp, first)
        const { callbacks } = await bankOrder(world, bySbp.attemptId)
        must(
          callbacks.every(({ answers }) => answers.every(({ status }) => status !== 200)),
          'no callback came',
        )
        return `${first.amountKopecks} kopecks`
      },
    },
    {
      title: 'a second invoice is paid by card, the bank calls back',
      work: async () => {
        second = await issueInvoice(world, clerk, person, 250_000)
        byCard = await startAttempt(world, person, second, 'card')
        const page = await world.call<string>('GET', byCard.payUrl ?? '')
        must(page.status === 200 && page.body.includes('<html'), "the bank's page opens")
        await pay(world, byCard, { way: 'card', callback: 'send' })
        await seeSettled(world, person, byCard, second)
        await eventually(world, 'the bank was answered 200, unless the call was lost', async () => {
          const { callbacks } = await bankOrder(world, byCard.attemptId)
          return callbacks.some(
            ({ operation, answers }) =>
              operation === 'deposited' && answers.some(({ status }) => status === 200 || status === 'lost'),
          )
        })
        return `${second.amountKopecks} kopecks`
      },
    },
    { title: 'the ledger balances', work: () => seeBalanced(world, admin) },
    {
      title: '1С shows both invoices and both payments posted',
      work: async () => {
        const numbers = [
          await seeInOneC(world, 'the first invoice', first.invoiceId, first.amountKopecks),
          await seeInOneC(world, 'the first payment', bySbp.attemptId, first.amountKopecks),
          await seeInOneC(world, 'the second invoice', second.invoiceId, second.amountKopecks),
          await seeInOneC(world, 'the second payment', byCard.attemptId, second.amountKopecks),
        ]
        return numbers.join(', ')
      },
    },
    {
      title: 'half of the card payment is refunded, 1С and the payer hear of it',
      work: async () => {
        const refund = await refundHalf(world, admin, person, byCard)
        const { refundId, amountKopecks } = refund
        await seeInOneC(world, 'the refund', refundId, amountKopecks)
        await seeBalanced(world, admin)
        onFacts({
          person,
          clerk,
          documentId: stored.documentId,
          sha256: await sha256Hex(stored.bytes),
          invoices: [first, second],
          attempts: [bySbp, byCard],
          refund,
        })
        return `${amountKopecks} kopecks`
      },
    },
    {
      title: 'the person is blocked, and every service refuses the live token',
      work: async () => {
        const body = { reason: 'Конец истории' }
        await world.post(`/client/v1/users/${person.userId}/block`, { token: admin.token, body })
        return blockedEverywhere(world, person)
      },
    },
  ]
}

/** Runs to the first step that fails; `onStep` hears each as it ends. */
export const runStory = async (
  world: World,
  run: string,
  onStep: (step: Step) => void,
  onFacts: (facts: Facts) => void = () => {},
): Promise<boolean> => {
  for (const { title, work } of tellStory(world, run, onFacts)) {
    const begun = performance.now()
    const { ok, detail } = await work().then(
      (text) => ({ ok: true, detail: text }),
      (error: unknown) => ({ ok: false, detail: error instanceof Error ? error.message : String(error) }),
    )
    onStep({ step: title, ok, ms: Math.round(performance.now() - begun), detail })
    if (!ok) return false
  }
  return true
}
