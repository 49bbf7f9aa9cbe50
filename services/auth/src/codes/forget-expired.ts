import type { Resources } from '../resources.ts'
import { destroyCodePeppers } from '../secrets/code-pepper.ts'

/** As long as browsers keep a cookie. */
const knownDeviceMs = 400 * 24 * 60 * 60_000
const day = 24 * 60 * 60_000

/** An address outlives its flow by a minute at most; the rest goes a day after its end. */
export const forgetExpired = async ({ sql, now }: Resources): Promise<number> => {
  const time = now()
  const dayAgo = new Date(time.getTime() - day)
  await sql`
    update flows set state = 'ended', address_sealed = null, ask_at = null
    where expires_at <= ${time} and (address_sealed is not null or state = 'resolving')`
  await destroyCodePeppers({ sql, now })
  await sql`delete from flows where expires_at <= ${dayAgo}`
  await sql`delete from guess_slots where guessed_at <= ${dayAgo} or held_until <= ${time}`
  await sql`delete from rates where free_at <= ${time}`
  await sql`delete from known_devices where seen_at <= ${new Date(time.getTime() - knownDeviceMs)}`
  await sql`delete from used_assertions where expires_at <= ${time}`
  await sql`delete from used_challenges where expires_at <= ${time}`
  await sql`delete from provider_logins where expires_at <= ${time}`
  await sql`delete from identity_links where expires_at <= ${time}`
  await sql`delete from sber_completions where ask_at <= ${dayAgo}`
  await sql`update sessions set seen_sealed = null where expires_at <= ${time} and seen_sealed is not null`
  await sql`delete from authorization_codes where expires_at <= ${dayAgo}`
  await sql`
    delete from client_families
    where session_id in (select id from sessions where expires_at <= ${dayAgo})`
  await sql`delete from sessions where expires_at <= ${dayAgo}`
  await sql`delete from sessions where ended_at <= ${dayAgo}`
  return 0
}
