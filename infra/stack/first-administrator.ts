import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { signInByCode } from './origin/sign-in.ts'
import { serviceEnv } from './parts/service-env.ts'
import type { Setting } from './parts/specs.ts'
import type { Place } from './place.ts'
import { runCli } from './run-cli.ts'

export const administrator = 'admin@kontora.local'

/** Before the services run, so that whoever finds them up finds him too. Once made, he stays. */
export const makeFirstAdministrator = async ({ place, secrets, outside }: Setting): Promise<void> => {
  const env = serviceEnv(place, 'client', secrets, outside)
  await runCli('client', ['first-administrator', administrator], env)
}

/** At the first start he is taken through the real sign-in, so that his letter lies in the mailbox. */
export const sendFirstLetter = async (place: Place): Promise<void> => {
  const sent = join(place.data, 'first-letter')
  if (existsSync(sent)) return
  // A start that was cut off has asked already, and has to wait: his letter comes with his next asking.
  await signInByCode(place, administrator).catch(() => {})
  writeFileSync(sent, '')
}
