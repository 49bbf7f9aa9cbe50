type Place = { dir: string; host?: string; port?: number }

/** What Postgres wrote, in a sentence that says what to do. */
export const explain = (output: string, { dir, host, port }: Place): Error => {
  const end = output.split('\n').slice(-12).join('\n')
  const known = faults.find(([sign]) => sign.test(output))
  const why = known
    ? known[1]({ dir, host: host ?? '', port: port ?? 0 })
    : `Postgres did not start in ${dir}.`
  return new Error(`${why}\n${end}`)
}

/** Faults of our own file work read as those of Postgres do. */
export const explained = (error: unknown, place: Place): Error =>
  error instanceof Error && 'code' in error ? explain(error.message, place) : (error as Error)

export const isPortTaken = (output: string): boolean => /Address already in use/.test(output)

/** The backends of a killed postmaster hold its memory until they notice. */
export const isStillHeld = (output: string): boolean =>
  /pre-existing shared memory block|lock file ".*" already exists/.test(output)

const faults: [sign: RegExp, why: (place: Required<Place>) => string][] = [
  [/No space left|ENOSPC/, ({ dir }) => `The disk of ${dir} is full: Postgres cannot write there.`],
  [/Disk quota exceeded|EDQUOT/, ({ dir }) => `The disk quota for ${dir} is used up.`],
  [/Read-only file system|EROFS/, ({ dir }) => `${dir} is on a read-only file system.`],
  [/Address already in use/, ({ host, port }) => `Port ${port} on ${host} is in use by another process.`],
  [/Cannot assign requested address/, ({ host }) => `This machine has no address ${host}.`],
  [/lock file ".*" already exists|shared memory block/, ({ dir }) => `Another Postgres runs in ${dir}.`],
  [
    /could not bind .*ermission denied/,
    ({ port }) => `Port ${port} is not for this user: ports below 1024 are the machine's. Choose one above.`,
  ],
  [
    /ermission denied|EACCES|EPERM/,
    ({ dir }) => `Postgres may not use ${dir}: its owner or its rights are wrong.`,
  ],
  [
    /cannot open shared object|not found|exec format/i,
    () => 'The Postgres binaries do not run on this system.',
  ],
  [
    /could not locate a valid checkpoint|invalid (data|primary checkpoint)|PANIC|could not open (file|directory)/,
    ({ dir }) => `The cluster in ${dir} is broken: move it away, and a new one is made.`,
  ],
]
