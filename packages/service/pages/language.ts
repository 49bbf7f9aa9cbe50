export type Language = 'ru' | 'en'

const isKnown = (tag: string): tag is Language => tag === 'ru' || tag === 'en'

/** The first of ours in a list of tags, the most wanted first. */
const firstKnown = (tags: string[]): Language | undefined =>
  tags.map((tag) => tag.trim().slice(0, 2).toLowerCase()).find(isKnown)

const byWeight = (header: string): string[] =>
  header
    .split(',')
    .map((part) => {
      const [tag = '', weight] = part.split(/;\s*q=/)
      return { tag, weight: weight === undefined ? 1 : Number(weight) || 0 }
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((one, other) => other.weight - one.weight)
    .map(({ tag }) => tag)

/** What was chosen on a page (`ui_locales`), else what the browser prefers, else Russian. */
export const languageOf = (chosen: string | undefined, accepted: string | undefined): Language =>
  firstKnown((chosen ?? '').split(' ')) ?? firstKnown(byWeight(accepted ?? '')) ?? 'ru'
