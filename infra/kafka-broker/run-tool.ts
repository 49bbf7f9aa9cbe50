/** Runs a program that must be there and succeed; `fault` says what to do when it does not. */
export const runTool = async (
  command: string[],
  { cwd = '/', missing, fault }: { cwd?: string; missing: string; fault: string },
): Promise<string> => {
  if (!Bun.which(command[0] ?? '')) throw new Error(missing)
  const child = Bun.spawn(command, { cwd, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' })
  const [out, error, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  if (code !== 0) throw new Error(`${fault}\n${lastLines(`${out}${error}`)}`)
  return out
}

/** The end of a log, without the places in Java's code. */
export const lastLines = (text: string, count = 12): string =>
  text
    .trimEnd()
    .split('\n')
    .filter((line) => !/^\s+at /.test(line))
    .slice(-count)
    .join('\n')
