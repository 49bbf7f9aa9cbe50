import type { Resources } from '../resources.ts'

/** `all` closes an address to every letter, `marketing` to mailings alone. */
export type SuppressionScope = 'all' | 'marketing'
export type SuppressionReason = 'hard-bounce' | 'complaint' | 'manual' | 'unsubscribe'
type SuppressionResources = Pick<Resources, 'sql' | 'seal'>

export const isSuppressed = async (
  { sql, seal }: SuppressionResources,
  address: string,
  letter: SuppressionScope,
): Promise<boolean> => {
  const scopes = letter === 'marketing' ? ['all', 'marketing'] : ['all']
  const [row] = await sql`
    select 1 from suppressions
    where address_hash = ${await seal.fingerprint(address)} and scope in ${sql(scopes)} limit 1`
  return row !== undefined
}

export const suppressAddress = async (
  { sql, seal, now }: SuppressionResources & Pick<Resources, 'now'>,
  address: string,
  { scope, reason }: { scope: SuppressionScope; reason: SuppressionReason },
): Promise<void> => {
  const row = { addressHash: await seal.fingerprint(address), scope, reason, createdAt: now() }
  await sql`insert into suppressions ${sql(row)} on conflict do nothing`
}
