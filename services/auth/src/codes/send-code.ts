import { authCodeRequested, emit } from '@kontora/events'
import { transaction } from '@kontora/postgres'
import { CompactEncrypt, importJWK } from 'jose'
import { holdGuess, joinGuesses, payersOf } from '../budgets/guesses.ts'
import type { LetterKey } from '../notification/letter-keys.ts'
import type { Resources } from '../resources.ts'
import { hashOfLive } from '../secrets/code-pepper.ts'
import { type DueFlow, makeCode } from './flow.ts'

type Letter = {
  email: string
  code: string
  locale: string
  expiresAt: string
  purpose: 'sign-in' | 'second-proof'
}

/** `userId` is null for whoever registers by the code; `key` is the one that seals its letter. */
type Sending = { flow: DueFlow; email: string; userId: string | null; key: LetterKey }

/** The code exists here and in the letter only. */
export const sendCode = async (
  resources: Resources,
  { flow, email, userId, key }: Sending,
): Promise<void> => {
  const { sql, now, newId, random, codePeppers } = resources
  const hash = await hashOfLive(codePeppers, flow.pepperId)
  const code = makeCode(random)
  const codeHash = await hash('code', flow.id, code)
  const expiresAt = flow.expiresAt.toISOString()
  const purpose = flow.provesSessionId === null ? 'sign-in' : 'second-proof'
  const letter = await sealLetter(key, { email, code, locale: flow.locale, expiresAt, purpose })
  const occurrence = { id: newId(), subject: flow.id, time: now() }
  await transaction(sql, async (tx) => {
    const own = { ...resources, sql: tx }
    const owned = { ...flow, userId }
    if (flow.tries > 0) await joinGuesses(own, flow.id, owned)
    // Sent together: each is a round trip of its own otherwise.
    const [sent, isHeld] = await Promise.all([
      tx`
        update flows set state = 'sent', user_id = ${userId}, code_hash = ${codeHash}, ask_at = null,
          address_sealed = case when ${userId === null} then address_sealed end
        where id = ${flow.id} and state = 'resolving' returning id`,
      holdGuess(own, flow.id, payersOf(owned), flow.expiresAt),
    ])
    if (sent.length === 0) throw new Error('Another has resolved this flow')
    // With none left the code could not be tried: it is not sent.
    if (isHeld) await emit(tx, authCodeRequested, occurrence, { flowId: flow.id, letter, expiresAt })
  })
}

/** For nobody: what is asked next waits behind an unknown address as long as behind a known one. */
export const sealNothing = async ({ random }: Resources, { flow, email, key }: Sending): Promise<void> => {
  const { locale, expiresAt } = flow
  const code = makeCode(random)
  await sealLetter(key, { email, code, locale, expiresAt: expiresAt.toISOString(), purpose: 'sign-in' })
}

/** Only `notification` opens it: neither Kafka nor a trace ever holds an address or a usable code. */
const sealLetter = async (key: LetterKey, letter: Letter): Promise<string> =>
  new CompactEncrypt(new TextEncoder().encode(JSON.stringify(letter)))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid: key.kid })
    .encrypt(await importJWK(key, 'ECDH-ES'))
