const segment = '[a-z0-9][a-z0-9_-]*(\\.[a-z0-9]+)*'
const keyPattern = new RegExp(`^${segment}(/${segment})*$`)

/** Keys are made of our own ids and words: never of what a person typed, so no path and no name can hide in one. */
export const checkKey = (key: string): string => {
  if (key.length > 512 || !keyPattern.test(key))
    throw new TypeError('An S3 key is lower-case ids and words between slashes')
  return key
}
