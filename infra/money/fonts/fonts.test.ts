import { expect, test } from 'bun:test'
import { inflateRawSync } from 'node:zlib'
import { ptSans } from '../../../services/payment/src/invoices/pdf/fonts/pt-sans.ts'
import { fontModules, readFont } from './font-module.ts'

test('the fonts of the PDF are those that their makers published, with their licence', async () => {
  const { regular, bold } = ptSans()
  expect(Buffer.from(regular).equals(await readFont('400Regular/PTSans_400Regular.ttf'))).toBe(true)
  expect(Buffer.from(bold).equals(await readFont('700Bold/PTSans_700Bold.ttf'))).toBe(true)
  for (const [path, text] of await fontModules())
    if (path.endsWith('.txt')) expect(await Bun.file(path).text()).toBe(text)
})

test('what writes the modules writes what the service unpacks', async () => {
  const [written] = [...(await fontModules()).values()]
  const packed = /'([\w+/=]{1000,})'/.exec(written ?? '')?.[1] ?? ''
  expect(inflateRawSync(Buffer.from(packed, 'base64')).equals(Buffer.from(ptSans().regular))).toBe(true)
})
