import { authCodeRequested, emit } from '@kontora/events'
import { transaction } from '@kontora/postgres'
import { CompactEncrypt, importJWK } from 'jose'
import { holdGuess, payersOf } from '../budgets/guesses.ts'
import { currentLetterKey } from '../notification/keep-letter-keys.ts'
import type { Resources } from '../resources.ts'
import { type DueFlow, makeCode } from './flow.ts'

type Letter = {
  email: string
  code: string
  locale: string
  expiresAt: string
  purpose: 'sign-in' | 'second-proof'
}

/** The code exists here and in the letter only. `userId` is null for whoever registers by it. */
export const sendCode = async (
  resources: Resources,
  flow: DueFlow,
  email: string,
  userId: string | null,
): Promise<void> => {
  const { sql, now, newId, random, pepper } = resources
  const code = makeCode(random)
  const codeHash = await pepper('code', flow.id, code)
  const expiresAt = flow.expiresAt.toISOString()
  const purpose = flow.provesSessionId === null ? 'sign-in' : 'second-proof'
  const letter = await sealLetter(resources, { email, code, locale: flow.locale, expiresAt, purpose })
  await transaction(sql, async (tx) => {
    const sent = await tx`
      update flows set state = 'sent', user_id = ${userId}, code_hash = ${codeHash}, ask_at = null,
        address_sealed = case when ${userId === null} then address_sealed end
      where id = ${flow.id} and state = 'resolving' returning id`
    if (sent.length === 0) return
    // With none left the code could not be tried: it is not sent.
    if (!(await holdGuess(tx, resources, flow.id, payersOf({ ...flow, userId }), flow.expiresAt))) return
    const occurrence = { id: newId(), subject: flow.id, time: now() }
    await emit(tx, authCodeRequested, occurrence, { flowId: flow.id, letter, expiresAt })
  })
}

/** Only `notification` opens it: neither Kafka nor a trace ever holds an address or a usable code. */
const sealLetter = async (resources: Resources, letter: Letter): Promise<string> => {
  const key = await currentLetterKey(resources)
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(letter)))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid: key.kid })
    .encrypt(await importJWK(key, 'ECDH-ES'))
}
