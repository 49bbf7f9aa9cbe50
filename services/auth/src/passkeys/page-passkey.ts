import * as v from 'valibot'
import { Assertion, Attestation, ChallengeId } from './passkey.ts'

/** What the script of `passkey-script.ts` has put into the form's field. */
const Credential = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.pipe(v.string(), v.maxLength(40_000), v.parseJson(), schema)

export const PageAssertion = v.object({ challengeId: ChallengeId, credential: Credential(Assertion) })
export const PageAttestation = v.object({ challengeId: ChallengeId, credential: Credential(Attestation) })
