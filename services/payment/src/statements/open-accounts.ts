import type { User } from '@kontora/access'
import type { Transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { bookMany } from '../ledger/book-many.ts'
import { transferEntriesOf } from '../ledger/entries.ts'
import type { WriteResources } from '../resources.ts'
import type { AccountDay } from './text-file/days-of-statement.ts'

export type OwnAccount = { id: string; account: string; openedOn: string }

/**
 * The own accounts of a statement by their numbers. Each has to be that of a known legal entity. Its books begin with its
 * first statement, and nothing from before them is taken.
 */
export const openAccounts = async (
  tx: Transaction,
  resources: WriteResources,
  who: Pick<User, 'id'>,
  days: readonly AccountDay[],
): Promise<ReadonlyMap<string, OwnAccount>> => {
  const accounts = new Map<string, OwnAccount>()
  for (const [account, ofAccount] of Map.groupBy(days, (day) => day.account)) {
    const first = ofAccount.toSorted((one, other) => (one.day < other.day ? -1 : 1))[0]
    if (!first) continue
    const known = (await find(tx, account)) ?? (await open(tx, resources, who, first))
    if (first.day < known.openedOn)
      throw new Problem('conflict', 'The books of an account begin after this statement', {
        fields: { датаначала: 'days from the first statement of the account on' },
        openedOn: known.openedOn,
      })
    accounts.set(account, known)
  }
  return accounts
}

const find = async (tx: Transaction, account: string): Promise<OwnAccount | undefined> => {
  const [known] = await tx<OwnAccount[]>`
    select id, account, opened_on::text as opened_on from bank_accounts where account = ${account}`
  return known
}

const open = async (
  tx: Transaction,
  resources: WriteResources,
  who: Pick<User, 'id'>,
  { account, day, openingKopecks }: AccountDay,
): Promise<OwnAccount> => {
  const [seller] = await tx<{ id: string }[]>`
    select id from legal_entities where bank_account = ${account} order by replaced_at nulls first limit 1`
  if (!seller)
    throw new Problem('invalid-input', 'The statement is of an account that nobody here has', {
      fields: { расчсчет: 'the account of a known legal entity' },
    })
  const id = resources.newId()
  await tx`insert into bank_accounts ${tx({ id, account, legalEntityId: seller.id, openedOn: day, openingKopecks, addedBy: who.id, addedAt: resources.now() })}`
  if (openingKopecks !== 0)
    await bookMany(tx, resources, 'account-opened', [
      { sourceId: id, entries: transferEntriesOf['account-opened']({ amountKopecks: openingKopecks }) },
    ])
  return { id, account, openedOn: day }
}
