import type { Transaction } from '@kontora/postgres'

type Confirmed = { addressHash: string; userId: string; confirmedAt: Date }

/** After a right code: our own memory, for the time when `client` cannot be reached. */
export const rememberAddress = async (tx: Transaction, confirmed: Confirmed): Promise<void> => {
  await tx`
    insert into known_addresses ${tx(confirmed)}
    on conflict (address_hash) do update
      set user_id = excluded.user_id, confirmed_at = excluded.confirmed_at`
}
