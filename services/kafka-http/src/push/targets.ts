import { SettingsError } from '@kontora/service'
import * as v from 'valibot'

const isTarget = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, search, hash } = new URL(text)
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === ''
}

/** Exact origins, each with the start of a path. */
export const PushTargets = v.pipe(
  v.string(),
  v.transform((text) => text.split(',').map((each) => each.trim())),
  v.array(v.pipe(v.string(), v.check(isTarget, 'origins with the start of a path, separated by commas'))),
)

/** What goes over http is read on its way, secrets of persons among it. */
export const refuseOpenTargets = (targets: string[], environment: string): void => {
  if (environment !== 'local' && targets.some((target) => new URL(target).protocol !== 'https:'))
    throw new SettingsError(['PUSH_TARGETS should be https; http is only for ENVIRONMENT=local'])
}

const isWithin = (path: string, start: string): boolean =>
  path === start || path.startsWith(start.endsWith('/') ? start : `${start}/`)

/** The URLs are compared as a caller of them would read them: `/events/../admin` is `/admin`. */
export const isAllowed = (targets: string[], target: string): boolean => {
  const { origin, pathname } = new URL(target)
  return targets.some((each) => {
    const allowed = new URL(each)
    return allowed.origin === origin && isWithin(pathname, allowed.pathname)
  })
}
