import { SettingsError } from '@kontora/service'
import { createSeal, type Seal } from './secret.ts'
import type { PushPlaceSettings } from './settings.ts'
import { refuseOpenTargets } from './targets.ts'

export type PushPlace = { targets: string[]; seal: Seal }

/** Undefined without a list of targets: then nothing is pushed. */
export const openPush = ({
  ENVIRONMENT,
  PUSH_TARGETS,
  PUSH_KEY,
}: PushPlaceSettings): PushPlace | undefined => {
  if (!PUSH_TARGETS) return undefined
  if (!PUSH_KEY) throw new SettingsError(['PUSH_KEY is required with PUSH_TARGETS'])
  refuseOpenTargets(PUSH_TARGETS, ENVIRONMENT)
  return { targets: PUSH_TARGETS, seal: createSeal(PUSH_KEY) }
}
