import { copyBinaries } from './copy-binaries.ts'
import { succeeds } from './run-command.ts'

/**
 * Postgres refuses to be root, and initdb refuses a uid without a name. `prefix` gives it another user; `owner` is the uid that
 * the files then need; `byFolder`: that user may not walk the path to them, so Postgres is told only its working folder.
 */
export type Runner = { prefix: string[]; binaries: string; owner?: number; byFolder: boolean }

const nobody = 65534
const inNamespace = ['unshare', '--user', `--map-user=${nobody}`, `--map-group=${nobody}`]
const asNobody = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups']

export const chooseRunner = (binaries: string): Runner => {
  const uid = process.getuid?.()
  const root = uid === 0
  if (!root && succeeds(['id', '-un'])) return { prefix: [], binaries, byFolder: false }
  // The namespace shows us as nobody, while outside the files stay ours: works in a closed home, and changes no owner.
  if (succeeds([...inNamespace, 'true']))
    return { prefix: inNamespace, binaries, byFolder: false, ...(root && { owner: 0 }) }
  if (!root)
    throw new Error(`Postgres needs a user with a name: uid ${uid} has none, and unshare is refused here.`)
  if (!succeeds([...asNobody, 'true']))
    throw new Error(
      'Postgres refuses to run as root, and neither unshare nor setpriv works here: use another user.',
    )
  const reachable = succeeds([...asNobody, 'test', '-x', `${binaries}/bin/postgres`])
  const theirs = reachable ? binaries : copyBinaries(binaries)
  return { prefix: asNobody, binaries: theirs, owner: nobody, byFolder: true }
}
