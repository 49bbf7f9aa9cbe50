import { seededRandom } from '../../stack/prove/random.ts'

export type Chance = ReturnType<typeof chanceOf>

/** One seed, one day. */
export const chanceOf = (seed: number) => {
  const random = seededRandom(seed)
  const below = random.below
  return {
    below,
    shuffle: random.shuffle,
    isOneIn: (many: number): boolean => below(many) === 0,
    oneOf: <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item,
    /** From a rouble to a million, small ones more often; a third of them round. */
    kopecks: (): number => {
      const most = 10 ** (2 + below(7))
      const kopecks = 100 + below(most)
      return below(3) === 0 ? Math.ceil(kopecks / 10_000) * 10_000 : kopecks
    },
    id: (): string => {
      const digits = Array.from({ length: 32 }, () => below(16).toString(16)).join('')
      return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-7${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20)}`
    },
  }
}

const weights = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]
const control = (digits: number[], of: number[]): number =>
  (of.reduce((sum, weight, i) => sum + weight * (digits[i] ?? 0), 0) % 11) % 10

/** ИНН of a company, its control digit right. */
export const innOf = (count: number): string => {
  const digits = Array.from(`77${String(count).padStart(7, '0')}`, Number)
  return [...digits, control(digits, weights.slice(2))].join('')
}

const surnames = [
  'Иванов',
  'Петров',
  'Сидоров',
  'Кузнецов',
  'Смирнов',
  'Попов',
  'Волков',
  'Зайцев',
  'Морозов',
  'Орлов',
]
const firstNames = [
  'Иван',
  'Пётр',
  'Сергей',
  'Алексей',
  'Дмитрий',
  'Николай',
  'Андрей',
  'Михаил',
  'Фёдор',
  'Егор',
]
const middleNames = [
  'Ильич',
  'Петрович',
  'Сергеевич',
  'Андреевич',
  'Юрьевич',
  'Львович',
  'Фёдорович',
  'Олегович',
]
const firms = [
  'Ромашка',
  'Лютик',
  'Вектор',
  'Прогресс',
  'Альфа',
  'Заря',
  'Маяк',
  'Север',
  'Импульс',
  'Гранит',
]

export const personName = ({ oneOf }: Chance): string =>
  [oneOf(surnames), oneOf(firstNames), oneOf(middleNames)].join(' ')
export const companyName = ({ oneOf, below }: Chance): string => `ООО "${oneOf(firms)}-${below(1000)}"`
