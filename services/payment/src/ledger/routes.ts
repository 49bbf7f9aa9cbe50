import { may } from '@kontora/access'
import { describe } from '@kontora/service'
import { SignedKopecks, ZeroOrMoreKopecks } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'

const Balances = v.object({
  accounts: v.array(v.object({ account: v.string(), balanceKopecks: SignedKopecks })),
  debitsKopecks: ZeroOrMoreKopecks,
  creditsKopecks: ZeroOrMoreKopecks,
  balanced: v.boolean(),
})

type Sums = { account: string; debitsKopecks: number; creditsKopecks: number }

const total = (sums: Sums[], side: 'debitsKopecks' | 'creditsKopecks'): number =>
  sums.reduce((sum, one) => sum + one[side], 0)

export const ledger = new Hono<{ Bindings: Resources }>().get(
  '/balances',
  describe('What stands on each account; a debit is positive', { 200: Balances }),
  may('ledger:read'),
  async (c) => {
    const sums = await c.env.sql<Sums[]>`
      select account, coalesce(sum(amount_kopecks) filter (where amount_kopecks > 0), 0)::bigint as debits_kopecks,
        coalesce(-sum(amount_kopecks) filter (where amount_kopecks < 0), 0)::bigint as credits_kopecks
      from ledger_entries group by account order by account`
    const [debitsKopecks, creditsKopecks] = [total(sums, 'debitsKopecks'), total(sums, 'creditsKopecks')]
    return c.json({
      accounts: sums.map(({ account, ...sum }) => ({
        account,
        balanceKopecks: sum.debitsKopecks - sum.creditsKopecks,
      })),
      debitsKopecks,
      creditsKopecks,
      balanced: debitsKopecks === creditsKopecks,
    })
  },
)
