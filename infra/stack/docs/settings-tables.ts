import {
  commonSettings,
  machineSettings,
  type SettingsTable,
  settingsRows,
  workerSettings,
} from '@kontora/service'
import { settings as auth } from '../../../services/auth/src/settings.ts'
import { settings as client } from '../../../services/client/src/settings.ts'
import { settings as documents } from '../../../services/documents/src/settings.ts'
import { settings as kafkaHttp } from '../../../services/kafka-http/src/settings.ts'
import { settings as notification } from '../../../services/notification/src/settings.ts'
import { settings as payment } from '../../../services/payment/src/settings.ts'

const shared = { ...commonSettings, ...machineSettings }

const own: [string, SettingsTable][] = [
  ['`auth`', auth],
  ['`client`', client],
  ['`documents`', documents],
  ['`notification`', notification],
  ['`payment`', payment],
  ['`kafka-http`', kafkaHttp],
]

const without = (table: SettingsTable, names: object): SettingsTable =>
  Object.fromEntries(Object.entries(table).filter(([name]) => !(name in names)))

const rows = (who: string, table: SettingsTable): string[] =>
  settingsRows(table).map(
    ({ name, about, default: fallback }) =>
      `| ${who} | \`${name}\` | ${about} | ${fallback === 'required' ? '**required**' : `\`${fallback}\``} |`,
  )

/** The README's table of settings, made from the tables that the services read. */
export const settingsTables = (): string =>
  [
    '| service | name | what it is for | default |',
    '| --- | --- | --- | --- |',
    ...rows('all five', commonSettings),
    ...rows('those that ask others', machineSettings),
    ...rows('each as a worker', workerSettings),
    ...own.flatMap(([who, table]) => rows(who, without(table, shared))),
  ].join('\n')

const begin = '<!-- settings: made by infra/stack/docs/write-settings.ts -->'
const end = '<!-- end of settings -->'

export const withSettings = (readme: string): string => {
  const [head, rest] = readme.split(begin)
  const [, tail] = rest?.split(end) ?? []
  if (head === undefined || tail === undefined) throw new Error('README.md has no place for the settings')
  return `${head}${begin}\n\n${settingsTables()}\n\n${end}${tail}`
}
