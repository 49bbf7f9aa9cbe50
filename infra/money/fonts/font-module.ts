import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'

const top = join(import.meta.dir, '../../..')
const place = join(top, 'services/payment/src/invoices/pdf/fonts')

const fonts = [
  { file: 'pt-sans-regular.ts', name: 'ptSansRegular', path: '400Regular/PTSans_400Regular.ttf' },
  { file: 'pt-sans-bold.ts', name: 'ptSansBold', path: '700Bold/PTSans_700Bold.ttf' },
]

/** The font as its makers published it: only so may it keep its name (OFL, clause 3). */
export const readFont = (path: string): Promise<Uint8Array> =>
  Bun.file(Bun.resolveSync(`@expo-google-fonts/pt-sans/${path}`, import.meta.dir)).bytes()

const moduleOf = (name: string, font: Uint8Array): string =>
  `// Made by infra/money/fonts/write-fonts.ts. Copyright © 2010 ParaType Ltd., "PT Sans" under the SIL Open Font License 1.1: OFL.txt.
/** A TTF, deflated, in base64: the only form that Bun, Deno and workerd all import alike. */
export const ${name} =
  '${Buffer.from(deflateRawSync(font, { level: 9 })).toString('base64')}'
`

/** Files of the service's fonts → their text. */
export const fontModules = async (): Promise<Map<string, string>> => {
  const modules = fonts.map(
    async ({ file, name, path }) => [join(place, file), moduleOf(name, await readFont(path))] as const,
  )
  const license = await Bun.file(
    Bun.resolveSync('@expo-google-fonts/pt-sans/LICENSE_FONT', import.meta.dir),
  ).text()
  return new Map([...(await Promise.all(modules)), [join(place, 'OFL.txt'), license.replace('\uFEFF', '')]])
}
