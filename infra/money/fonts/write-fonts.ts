import { fontModules } from './font-module.ts'

// bun infra/money/fonts/write-fonts.ts: the fonts of the service's PDF, as modules.
for (const [path, text] of await fontModules()) await Bun.write(path, text)
