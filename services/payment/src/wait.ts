import * as v from 'valibot'

/** `?wait=10`: how many seconds to wait for what is still under way. */
export const WaitSeconds = v.optional(
  v.pipe(v.string(), v.regex(/^(?:[0-9]|10)$/, '0 to 10'), v.transform(Number)),
  '0',
)

const stepMs = 200

/** Reads again until it is done or the time is over; no connection and no transaction is held between. */
export const waitFor = async <Thing>(
  seconds: number,
  read: () => Promise<Thing>,
  isDone: (thing: Thing) => boolean,
): Promise<Thing> => {
  for (let leftMs = seconds * 1000; ; leftMs -= stepMs) {
    const thing = await read()
    if (isDone(thing) || leftMs <= 0) return thing
    await new Promise((resolve) => setTimeout(resolve, stepMs))
  }
}
