/** The store did not do it. Says which operation and S3's own code, never a key, an address or a link. */
export class FilesUnavailable extends Error {
  override name = 'FilesUnavailable'
  readonly operation: string
  readonly code: string

  constructor(operation: string, error: unknown) {
    const code = codeOf(error)
    super(`Files: ${operation} failed (${code})`)
    this.operation = operation
    this.code = code
  }
}

/** S3 and the SDK put their code in the error's name; anything longer could hold text of ours. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && /^[A-Za-z]{1,40}$/.test(error.name) ? error.name : 'Unknown'
