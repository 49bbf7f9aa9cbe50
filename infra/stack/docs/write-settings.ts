import { withSettings } from './settings-tables.ts'

// `bun infra/stack/docs/write-settings.ts`: writes the table of settings into the README.
await Bun.write('README.md', withSettings(await Bun.file('README.md').text()))
