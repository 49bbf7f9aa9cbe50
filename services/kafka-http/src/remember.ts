/** The answer is kept for `ms`; `fresh` asks again at once. Those who ask meanwhile share one question. */
export const remember = <Value>(now: () => Date, ms: number, ask: () => Promise<Value>) => {
  let kept: { value: Value; until: number } | undefined
  let asking: Promise<Value> | undefined
  const askAnew = (): Promise<Value> => {
    asking ??= ask()
      .then((value) => {
        kept = { value, until: now().getTime() + ms }
        return value
      })
      .finally(() => {
        asking = undefined
      })
    return asking
  }
  return async (fresh = false): Promise<Value> =>
    kept && !fresh && kept.until > now().getTime() ? kept.value : askAnew()
}
