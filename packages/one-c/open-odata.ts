import { entityAddress, listAddress, rootOf } from './address.ts'
import { type CallerOptions, createSend, timeouts } from './caller.ts'
import { differences, refuseDifferences } from './differences.ts'
import type { OneCAnswer, OneCEntity, OneCRow } from './entity.ts'
import { OneCFault } from './one-c-fault.ts'
import { faultOfStatus, readAnswer } from './read-answer.ts'
import { writeEntity } from './write-entity.ts'

export type ODataOptions = CallerOptions & {
  /** The 1С base, or its OData. */
  url: string
}

/** The platform's own words, alike in every configuration. */
const exists = '15'
const absent = '9'
const conflict = '412'
const mostRows = 100
const pageRows = 200
const mostPages = 500

const isFault = (error: unknown, code: string): boolean => error instanceof OneCFault && error.code === code

const given = (answer: OneCAnswer | undefined): OneCAnswer => {
  if (!answer) throw new OneCFault('unavailable', 'empty')
  return answer
}

const rowsOf = ({ value }: OneCAnswer): OneCAnswer[] => {
  if (!Array.isArray(value)) throw new OneCFault('unavailable', 'garbage')
  return value as OneCAnswer[]
}

const changed = (wanted: OneCRow, kept: OneCAnswer): OneCRow =>
  Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => {
      if (typeof value === 'object') return differences({ [name]: value }, kept).length > 0
      return kept[name] !== value
    }),
  )

/** What the standard OData interface of a base can do. Every write goes by our own key and may be repeated after any fault. */
export type OData = ReturnType<typeof openOData>

export const openOData = (options: ODataOptions) => {
  const send = createSend(options)
  const root = rootOf(options.url)

  const read = (address: string, once = false): Promise<OneCAnswer | undefined> =>
    send({ method: 'GET', url: root + address, timeoutMs: timeouts.readMs, once }, readAnswer)

  const get = async (set: string, key: string): Promise<OneCAnswer | undefined> => {
    try {
      return given(await read(entityAddress(set, key)))
    } catch (error) {
      if (isFault(error, absent)) return undefined
      throw error
    }
  }

  const insert = async (set: string, entity: OneCEntity): Promise<OneCAnswer | undefined> => {
    const url = root + encodeURIComponent(set)
    const body = writeEntity(entity)
    try {
      return await send({ method: 'POST', url, body, timeoutMs: timeouts.writeMs }, readAnswer)
    } catch (error) {
      if (isFault(error, exists)) return get(set, entity.Ref_Key)
      throw error
    }
  }

  const patch = async (set: string, key: string, change: OneCRow, version: unknown): Promise<void> => {
    const headers = typeof version === 'string' ? { 'if-match': version } : undefined
    const url = root + entityAddress(set, key)
    const request = { method: 'PATCH', url, body: writeEntity(change), headers } as const
    await send({ ...request, timeoutMs: timeouts.writeMs }, readAnswer)
  }

  const change = async (set: string, wanted: OneCEntity): Promise<void> => {
    const { Ref_Key: key, ...rest } = wanted
    const kept = given(await get(set, key))
    const left = changed(rest, kept)
    if (Object.keys(left).length === 0) return
    await patch(set, key, left, kept.DataVersion)
    refuseDifferences(differences(wanted, given(await get(set, key))))
  }

  const action = async (set: string, key: string, name: string): Promise<void> => {
    const url = `${root}${entityAddress(set, key)}/${name}`
    await send({ method: 'POST', url, timeoutMs: timeouts.postMs }, readAnswer)
  }

  return {
    get,
    /** At most 100: a longer answer is a wrong question, not a page. */
    find: async (set: string, filter: string): Promise<OneCAnswer[]> => {
      const found = rowsOf(given(await read(listAddress(set, { filter, top: mostRows }))))
      if (found.length === mostRows) throw new OneCFault('configuration', 'too-many')
      return found
    },
    /** All of them, a page at a time. */
    list: async (set: string, filter: string, select: readonly string[]): Promise<OneCAnswer[]> => {
      const all: OneCAnswer[] = []
      for (let page = 0; page < mostPages; page++) {
        const part = { filter, select, orderBy: 'Date,Ref_Key', top: pageRows, skip: page * pageRows }
        const rows = rowsOf(given(await read(listAddress(set, part))))
        all.push(...rows)
        if (rows.length < pageRows) return all
      }
      throw new OneCFault('configuration', 'too-many')
    },
    /** Asks first: what a lost answer left behind is found, and a base that would not tell a double key makes no double. */
    create: async (set: string, entity: OneCEntity): Promise<OneCAnswer> => {
      const kept = (await get(set, entity.Ref_Key)) ?? given(await insert(set, entity))
      refuseDifferences(differences(entity, kept))
      return kept
    },
    /** Makes it as wanted; somebody who changed it meanwhile is read once more, and then left to a person. */
    change: async (set: string, wanted: OneCEntity): Promise<void> => {
      try {
        await change(set, wanted)
      } catch (error) {
        if (!isFault(error, conflict)) throw error
        await change(set, wanted).catch((again: unknown) => {
          throw isFault(again, conflict) ? new OneCFault('business', 'conflict') : again
        })
      }
    },
    /** Never "operational": that demands the current date. */
    post: (set: string, key: string) => action(set, key, 'Post?PostingModeOperational=false'),
    unpost: (set: string, key: string) => action(set, key, 'Unpost'),
    /** Every set of the composition: the cheapest question that only a living 1С answers. */
    sets: async ({ once = false } = {}): Promise<Set<string>> => {
      const rows = rowsOf(given(await read('?$format=json', once)))
      return new Set(rows.map(({ name }) => String(name)))
    },
    /** Megabytes of XML: for a check at deployment, never for each start. */
    metadata: (): Promise<string> =>
      send(
        {
          method: 'GET',
          url: `${root}$metadata`,
          headers: { accept: 'application/xml' },
          timeoutMs: timeouts.metadataMs,
        },
        async (response) => {
          if (!response.ok) throw faultOfStatus(response)
          return response.text()
        },
      ),
  }
}
