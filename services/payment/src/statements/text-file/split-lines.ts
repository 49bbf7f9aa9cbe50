/** Lines of a text that comes in pieces: CRLF, LF or a lone CR ends one, wherever the pieces were cut. */
export const createLineSplitter = (onLine: (line: string) => void) => {
  let rest = ''
  return {
    push: (text: string): void => {
      const whole = rest + text
      // A CR at the end may be the half of a CRLF.
      const held = whole.endsWith('\r') ? '\r' : ''
      const lines = whole.slice(0, whole.length - held.length).split(/\r\n|\n|\r/)
      rest = (lines.pop() ?? '') + held
      for (const line of lines) onLine(line)
    },
    end: (): void => {
      const last = rest.replace(/\r$/, '')
      rest = ''
      if (last) onLine(last)
    },
  }
}
