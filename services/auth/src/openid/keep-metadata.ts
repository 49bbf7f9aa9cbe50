import type { Sql } from '@kontora/postgres'
import type { Chance } from '@kontora/service'
import { allowInsecureRequests, customFetch, discoveryRequest, processDiscoveryResponse } from 'oauth4webapi'
import * as v from 'valibot'
import { askShortly } from '../identities/ask-shortly.ts'
import { ProviderFault } from '../identities/provider-fault.ts'
import { KeySet, type KnownProvider, trustedMetadata } from './metadata.ts'
import type { OpenidSettings } from './settings.ts'

export type Means = Pick<Chance, 'now' | 'newId'> & { sql: Sql; ask: typeof fetch }

/** Longer than any outage that is not a disaster; keys that nobody has confirmed for longer are not believed. */
const longestMs = 24 * 60 * 60_000

/** Asks the provider who it is and by which keys it signs; the last good answer is kept for its outages. */
export const keepMetadata = async (means: Means, settings: OpenidSettings): Promise<KnownProvider> => {
  const metadata = trustedMetadata(await discover(means, settings), settings)
  const answer = await askShortly(means.ask, metadata.jwks_uri, { headers: { accept: 'application/json' } })
  const keys = v.safeParse(KeySet, await answer.json().catch(() => undefined))
  if (!answer.ok || !keys.success) throw new ProviderFault('untrusted', 'its keys are no key set')
  const { sql, now } = means
  const row = {
    issuer: settings.issuer,
    metadata: sql.json(metadata as never),
    keys: sql.json(keys.output as never),
    fetchedAt: now(),
  }
  await sql`
    insert into openid_metadata ${sql(row)} on conflict (issuer) do update
      set metadata = excluded.metadata, keys = excluded.keys, fetched_at = excluded.fetched_at`
  return { metadata, keys: keys.output }
}

const discover = async ({ ask }: Means, { issuer, isPlainAllowed }: OpenidSettings) => {
  const url = new URL(issuer)
  const answer = await discoveryRequest(url, {
    [customFetch]: (address, { headers }) => askShortly(ask, address, { headers }),
    [allowInsecureRequests]: isPlainAllowed,
  })
  if (answer.status !== 200)
    throw new ProviderFault('unreachable', `status ${answer.status} for its metadata`)
  return processDiscoveryResponse(url, answer).catch(() => {
    throw new ProviderFault('untrusted', 'its metadata is none')
  })
}

/** What is kept, as long as somebody has confirmed it lately; the provider itself is asked by the job, or when nothing is kept. */
export const currentMetadata = async (means: Means, settings: OpenidSettings): Promise<KnownProvider> => {
  const [kept] = await means.sql<KnownProvider[]>`
    select metadata, keys from openid_metadata
    where issuer = ${settings.issuer} and fetched_at > ${new Date(means.now().getTime() - longestMs)}`
  return kept
    ? { ...kept, metadata: trustedMetadata(kept.metadata, settings) }
    : keepMetadata(means, settings)
}
