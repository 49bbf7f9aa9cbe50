type Result = { exitCode: number; output: string }

export const runCommand = (
  command: string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Result => {
  try {
    const { exitCode, stdout, stderr } = Bun.spawnSync(command, {
      cwd: options.cwd ?? '/',
      env: options.env ?? process.env,
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    })
    return { exitCode, output: `${stdout}${stderr}`.trim() }
  } catch (error) {
    // Bun throws where a shell would say 127: there is no such program, or it may not be run.
    return { exitCode: 127, output: String(error) }
  }
}

export const succeeds = (command: string[]): boolean => runCommand(command).exitCode === 0

/** Put before a command, has the kernel end it when we die, however we do. */
export const endWithParent = (signal: 'INT' | 'KILL'): string[] => {
  const words = ['setpriv', '--pdeathsig', signal]
  return process.platform === 'linux' && succeeds([...words, 'true']) ? words : []
}
