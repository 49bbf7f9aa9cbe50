import { seededRandom } from '../../stack/prove/random.ts'

/** FNV-1a: whoever has a name has a chance of his own, which is the same whoever else is there. */
const mix = (seed: number, name: string): number => {
  let hash = 0x811c9dc5
  for (const character of `${seed}/${name}`)
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return hash
}

export const chanceOf = (seed: number, name: string) => {
  const { below } = seededRandom(mix(seed, name))
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[below(items.length)]
    if (item === undefined) throw new Error('Nothing to pick from')
    return item
  }
  return {
    below,
    pick,
    between: (least: number, most: number): number => least + below(most - least + 1),
    happens: (perMille: number): boolean => below(1000) < perMille,
    bytes: (length: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length }, () => below(256)),
  }
}
export type SeededChance = ReturnType<typeof chanceOf>

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** An id as a bank makes them: version 4. */
export const strangersId = ({ bytes }: SeededChance): string => {
  const digits = hex(bytes(16))
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `8${digits.slice(17, 20)}`,
    digits.slice(20),
  ].join('-')
}
