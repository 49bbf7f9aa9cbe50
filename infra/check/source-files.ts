/** Every file that git knows or would take, by its path from the top. */
export const sourceFiles = async (): Promise<string[]> => {
  const child = Bun.spawn(['git', 'ls-files', '--cached', '--others', '--exclude-standard'], {
    stdout: 'pipe',
  })
  const paths = (await new Response(child.stdout).text()).split('\n').filter(Boolean)
  const present = await Promise.all(paths.map((path) => Bun.file(path).exists()))
  return paths.filter((_, i) => present[i])
}

export const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path)
export const isSource = (path: string): boolean => /\.tsx?$/.test(path) && !path.endsWith('.d.ts')
