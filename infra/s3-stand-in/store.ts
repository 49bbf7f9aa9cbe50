import { createHash, randomUUID } from 'node:crypto'
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { Refusal } from './refusal.ts'
import type { StoredObject } from './stored-object.ts'

/** A file of bytes that nobody sees until a sidecar names it. */
export type NewBytes = {
  name: string
  write: (bytes: Uint8Array) => Promise<void>
  close: () => Promise<void>
}

export type Store = ReturnType<typeof openStore>

const graceMs = 30_000

/**
 * A folder per bucket: `objects/<sha256 of the key>.json` beside `bytes/<random>`. An object changes by one rename of its
 * sidecar, so an end at any moment leaves the old one or the new one. One process at a time has the folder.
 */
export const openStore = (dir: string) => {
  mkdirSync(dir, { recursive: true })
  const folder = (bucket: string, ...rest: string[]): string => join(dir, checkName(bucket), ...rest)
  const sidecar = (bucket: string, key: string): string =>
    folder(bucket, 'objects', `${createHash('sha256').update(key).digest('hex')}.json`)
  const find = (bucket: string, key: string): StoredObject | undefined => readSidecar(sidecar(bucket, key))
  const forget = (bucket: string, bytes: string | undefined): void => {
    // A reader may have read the sidecar and not yet opened the bytes.
    if (bytes) setTimeout(() => rmSync(folder(bucket, 'bytes', bytes), { force: true }), graceMs).unref()
  }
  // The folder that is made last says that the bucket is there.
  const hasBucket = (bucket: string): boolean => existsSync(folder(bucket, 'uploads'))
  const buckets = (): string[] =>
    readdirSync(dir)
      .filter((name) => existsSync(join(dir, name, 'uploads')))
      .sort()
  for (const bucket of buckets()) sweep(folder(bucket))

  return {
    folder,
    find,
    buckets,
    hasBucket,
    createBucket: (bucket: string): void => {
      for (const name of ['objects', 'bytes', 'uploads']) mkdirSync(folder(bucket, name), { recursive: true })
    },
    removeBucket: (bucket: string): void => rmSync(folder(bucket), { recursive: true, force: true }),
    pathOf: (bucket: string, bytes: string): string => folder(bucket, 'bytes', bytes),
    newBytes: (bucket: string): Promise<NewBytes> => openBytes(folder(bucket, 'bytes')),
    discard: (bucket: string, bytes: string): void => rmSync(folder(bucket, 'bytes', bytes), { force: true }),
    /** Puts the object in place; with `onlyNew`, of any number at once exactly one wins. */
    keep: (bucket: string, object: StoredObject, onlyNew: boolean): void => {
      const replaced = onlyNew ? undefined : find(bucket, object.key)
      if (!writeSidecar(sidecar(bucket, object.key), object, onlyNew)) throw new Refusal('PreconditionFailed')
      forget(bucket, replaced?.bytes)
    },
    remove: (bucket: string, key: string): void => {
      const object = find(bucket, key)
      rmSync(sidecar(bucket, key), { force: true })
      forget(bucket, object?.bytes)
    },
    /** In the order of the keys' UTF-8 bytes, as S3 lists them. */
    list: (bucket: string): StoredObject[] =>
      sidecarsIn<StoredObject>(folder(bucket, 'objects')).sort((one, other) =>
        Buffer.compare(Buffer.from(one.key), Buffer.from(other.key)),
      ),
  }
}

const checkName = (bucket: string): string => {
  if (!/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(bucket)) throw new Refusal('InvalidBucketName')
  return bucket
}

export const readSidecar = <Sidecar>(path: string): Sidecar | undefined => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Sidecar
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** False when `onlyNew` and it is there already. */
export const writeSidecar = (path: string, sidecar: object, onlyNew = false): boolean => {
  const temporary = `${path}.${randomUUID()}.new`
  writeFileSync(temporary, JSON.stringify(sidecar))
  if (!onlyNew) {
    renameSync(temporary, path)
    return true
  }
  try {
    linkSync(temporary, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(temporary)
  }
}

export const sidecarsIn = <Sidecar>(folder: string): Sidecar[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => readSidecar<Sidecar>(join(folder, name)))
    .filter((sidecar) => sidecar !== undefined)

const openBytes = async (folder: string): Promise<NewBytes> => {
  const name = randomUUID()
  const file = await open(join(folder, name), 'wx')
  return {
    name,
    write: async (bytes) => {
      for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten
    },
    close: () => file.close(),
  }
}

// What a killed process left: bytes that no sidecar names, sidecars that were never put in place.
const sweep = (bucket: string): void => {
  const folders = readdirSync(join(bucket, 'uploads')).map((id) => join(bucket, 'uploads', id))
  const named = new Set<string | undefined>()
  for (const folder of [join(bucket, 'objects'), ...folders]) {
    for (const name of readdirSync(folder).filter((name) => name.endsWith('.new'))) rmSync(join(folder, name))
    for (const { bytes } of sidecarsIn<{ bytes?: string }>(folder)) named.add(bytes)
  }
  for (const name of readdirSync(join(bucket, 'bytes')))
    if (!named.has(name)) rmSync(join(bucket, 'bytes', name))
}
