import { readFileSync } from 'node:fs'
import { copyBinaries } from './copy-binaries.ts'
import { succeeds } from './run-command.ts'

/**
 * Postgres refuses to be root, and initdb refuses a uid without a name. `prefix` gives it another user; `owner` is the uid that
 * the files then need; `byFolder`: that user may not walk the path to them, so Postgres is told only its working folder.
 */
export type Runner = { prefix: string[]; binaries: string; owner?: number; byFolder: boolean }

const nobody = 65534

const readPasswd = (): string => {
  try {
    return readFileSync('/etc/passwd', 'utf8')
  } catch {
    return ''
  }
}

/** Who has a name and is not root: nobody, or on a machine that does not know him, whoever comes first. */
export const namedUid = (passwd: string): number => {
  const uids = passwd.split('\n').map((line) => Number(line.split(':')[2]))
  return uids.includes(nobody) ? nobody : (uids.find((uid) => uid > 0) ?? nobody)
}

export const chooseRunner = (binaries: string): Runner => {
  const other = namedUid(readPasswd())
  const inNamespace = ['unshare', '--user', `--map-user=${other}`, `--map-group=${other}`]
  const asOther = ['setpriv', `--reuid=${other}`, `--regid=${other}`, '--clear-groups']
  const uid = process.getuid?.()
  const root = uid === 0
  if (!root && succeeds(['id', '-un'])) return { prefix: [], binaries, byFolder: false }
  // The namespace shows us as another, while outside the files stay ours: works in a closed home, and changes no owner.
  if (succeeds([...inNamespace, 'true']))
    return { prefix: inNamespace, binaries, byFolder: false, ...(root && { owner: 0 }) }
  if (!root)
    throw new Error(`Postgres needs a user with a name: uid ${uid} has none, and unshare is refused here.`)
  if (!succeeds([...asOther, 'true']))
    throw new Error(
      'Postgres refuses to run as root, and neither unshare nor setpriv works here: use another user.',
    )
  const reachable = succeeds([...asOther, 'test', '-x', `${binaries}/bin/postgres`])
  const theirs = reachable ? binaries : copyBinaries(binaries)
  return { prefix: asOther, binaries: theirs, owner: other, byFolder: true }
}
