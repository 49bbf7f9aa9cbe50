import type { TestPayment } from '../../../services/payment/src/testing.node.ts'
import type { storyOf } from '../../../services/payment/src/testing-story.node.ts'

export type World = { payment: TestPayment; story: ReturnType<typeof storyOf> }

/** A row of what public integrations got wrong (section 7 of the reference): what is shown is that we do not. */
export type Mistake = { row: number; sentence: string; show: (world: World) => Promise<void> }

export const must = (is: boolean, what: string): void => {
  if (!is) throw new Error(`It does: ${what}`)
}

export const mustThrow = async (work: () => unknown, what: string): Promise<void> => {
  const thrown = await Promise.resolve()
    .then(work)
    .then(
      () => false,
      () => true,
    )
  must(thrown, what)
}

export const stateOf = async ({ story }: World, attemptId: string): Promise<unknown> =>
  (await story.attemptOf(attemptId)).state

export const over = async ({ payment }: World, ms = 3000): Promise<void> => {
  await payment.advance(ms)
  await payment.run('start-attempts', 'ask-bank', 'move-holds', 'send-refunds')
}

export const bookedTimes = async ({ payment }: World, sourceId: string): Promise<number> =>
  (await payment.sql`select id from ledger_transactions where source_id = ${sourceId}`).length

/** The operations that the bank was called by, in their order. */
export const calledBy = async ({
  payment,
}: World): Promise<{ operation: string; details: Record<string, unknown> }[]> =>
  (await payment.bank.ask('GET', 'journal')).entries as never
