import { SettingsError } from '@kontora/service'
import type { Settings } from '../settings.ts'
import { createSeal, type Seal } from './secret.ts'
import { refuseOpenTargets } from './targets.ts'

export type PushPlace = { targets: string[]; seal: Seal }

/** Undefined without a list of targets: then nothing is pushed. */
export const openPush = ({
  ENVIRONMENT,
  PUSH_TARGETS,
  PUSH_KEY,
}: Pick<Settings, 'ENVIRONMENT' | 'PUSH_TARGETS' | 'PUSH_KEY'>): PushPlace | undefined => {
  if (!PUSH_TARGETS) return undefined
  if (!PUSH_KEY) throw new SettingsError(['PUSH_KEY is required with PUSH_TARGETS'])
  refuseOpenTargets(PUSH_TARGETS, ENVIRONMENT)
  return { targets: PUSH_TARGETS, seal: createSeal(PUSH_KEY) }
}
