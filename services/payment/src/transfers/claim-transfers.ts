import type { Resources } from '../resources.ts'

export type DueTransfer = {
  id: string
  legalEntityId: string
  amountKopecks: number
  bookedOn: string
  partyInn: string | null
  partyName: string | null
  purpose: string
}

const atOnce = 2000
const claimMs = 60_000

/** Those that the rules have not looked at, or should look at again. */
export const claimTransfers = ({ sql, now }: Pick<Resources, 'sql' | 'now'>): Promise<DueTransfer[]> =>
  sql<DueTransfer[]>`
    with due as (
      update transfers set ask_at = ${new Date(now().getTime() + claimMs)}
      where id in (
        select id from transfers where ask_at <= ${now()} and state = 'unidentified'
        order by ask_at, id limit ${atOnce} for update skip locked)
      returning id, bank_account_id, amount_kopecks, booked_on
    )
    select due.id, legal_entity_id, amount_kopecks, booked_on::text as booked_on, party_inn, party_name, purpose
    from due join transfer_details on transfer_id = due.id join bank_accounts on bank_accounts.id = bank_account_id
    order by booked_on, due.id`
