/** A ring while nobody sleeps is kept for the next sleep. */
export const createBell = () => {
  let rung = false
  let awake = (): void => {}
  const ring = (): void => {
    rung = true
    awake()
  }
  const sleep = async (ms: number, signal: AbortSignal): Promise<boolean> => {
    if (!rung && !signal.aborted && ms > 0) {
      let timer: ReturnType<typeof setTimeout> | undefined
      await new Promise<void>((resolve) => {
        awake = resolve
        timer = setTimeout(resolve, ms)
        signal.addEventListener('abort', awake)
      })
      clearTimeout(timer)
      signal.removeEventListener('abort', awake)
    }
    const wasRung = rung
    rung = false
    return wasRung
  }
  return { ring, sleep }
}

export type Bell = ReturnType<typeof createBell>
