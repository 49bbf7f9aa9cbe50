/** The commit that runs; `unknown` outside a clone. */
export const version: string = (() => {
  const found = Bun.spawnSync(['git', 'rev-parse', '--short', 'HEAD'], {
    cwd: import.meta.dir,
    stderr: 'ignore',
  })
  return found.exitCode === 0 ? found.stdout.toString().trim() : 'unknown'
})()
