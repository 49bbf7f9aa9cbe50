import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { signInByCode } from './origin/sign-in.ts'
import { serviceEnv } from './parts/service-env.ts'
import type { Setting } from './parts/specs.ts'
import { runCli } from './run-cli.ts'

export const administrator = 'admin@kontora.local'

/** Made at the first start; he is taken through the real sign-in once, so that his letter lies in the mailbox. */
export const makeFirstAdministrator = async ({ place, secrets, outside }: Setting): Promise<void> => {
  const made = join(place.data, 'administrator')
  if (existsSync(made)) return
  await runCli(
    'client',
    ['first-administrator', administrator],
    serviceEnv(place, 'client', secrets, outside),
  )
  await signInByCode(place, administrator)
  writeFileSync(made, `${administrator}\n`)
}
