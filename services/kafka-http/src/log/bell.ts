/** A ring while nobody sleeps is kept for the next sleep. */
export const createBell = () => {
  let rung = false
  let awake = (): void => {}
  const ring = (): void => {
    rung = true
    awake()
  }
  /** Until it rings, one of the signals ends it, or the time is over; whether it rang. */
  const sleep = async (ms: number, ...signals: AbortSignal[]): Promise<boolean> => {
    if (!rung && ms > 0 && !signals.some(({ aborted }) => aborted)) {
      let timer: ReturnType<typeof setTimeout> | undefined
      await new Promise<void>((resolve) => {
        awake = resolve
        timer = setTimeout(resolve, ms)
        for (const signal of signals) signal.addEventListener('abort', awake)
      })
      clearTimeout(timer)
      for (const signal of signals) signal.removeEventListener('abort', awake)
    }
    const wasRung = rung
    rung = false
    return wasRung
  }
  return { ring, sleep }
}

export type Bell = ReturnType<typeof createBell>
