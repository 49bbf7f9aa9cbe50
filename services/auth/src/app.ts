import { createApp } from '@kontora/service'
import { accounts } from './account/routes.tsx'
import { authorizations } from './authorize/routes.ts'
import { signOuts } from './authorize/sign-out-routes.tsx'
import { codes } from './codes/routes.ts'
import { identities } from './identities/own-routes.ts'
import { openidLogins, sberIdLogins } from './identities/routes.ts'
import { wellKnown } from './keys/routes.ts'
import { signInPages } from './pages/routes.ts'
import { passkeys } from './passkeys/routes.ts'
import { scripts } from './passkeys/script-routes.ts'
import { passkeySignIns } from './passkeys/sign-in-routes.ts'
import { recoveryCodes } from './recovery-codes/routes.ts'
import type { Resources } from './resources.ts'
import { secondProof } from './second-proof/routes.ts'
import { sessions, signIns } from './sessions/routes.ts'
import { stepUps } from './step-up/routes.ts'
import { introspections, revocations, tokens } from './tokens/routes.ts'

export const app = createApp<Resources>({
  title: 'auth',
  description:
    'Who someone is: codes by e-mail, Сбер ID and other providers, sessions, tokens and their keys',
})

app.route('/v1/authorize', authorizations)
app.route('/v1/sign-out', signOuts)
app.route('/v1/codes', codes)
app.route('/v1/sign-in', signIns)
app.route('/v1/sign-in/passkey', passkeySignIns)
app.route('/v1/sign-in', signInPages)
app.route('/v1/step-up', stepUps)
app.route('/v1/passkey.js', scripts)
app.route('/v1/account', accounts)
app.route('/v1/token', tokens)
app.route('/v1/revoke', revocations)
app.route('/v1/introspect', introspections)
app.route('/v1/sessions', sessions)
app.route('/v1/sber-id', sberIdLogins)
app.route('/v1/openid/:provider', openidLogins)
app.route('/v1/identities', identities)
app.route('/v1/passkeys', passkeys)
app.route('/v1/recovery-codes', recoveryCodes)
app.route('/v1/second-proof', secondProof)
app.route('/.well-known', wellKnown)
