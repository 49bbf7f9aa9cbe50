import { extraFields } from './catalogs.ts'
import { document, type EntitySet } from './entity-set.ts'
import { composite, date, type Fields, flag, number, oneOf, reference, text } from './field.ts'

const vatRate = oneOf('БезНДС', 'НДС0', 'НДС5', 'НДС7', 'НДС10', 'НДС20', 'НДС22')

const header = {
  Организация_Key: reference,
  ДоговорКонтрагента_Key: reference,
  ВалютаДокумента_Key: reference,
  СуммаДокумента: number,
  Комментарий: text,
}

const line = {
  Содержание: text,
  Количество: number,
  Цена: number,
  Сумма: number,
  СтавкаНДС: vatRate,
  СуммаНДС: number,
}

const saleLine: Fields = { Номенклатура_Key: reference, ...line, СчетДоходов_Key: reference }

const payment = (name: string): EntitySet =>
  document(
    name,
    {
      ...header,
      ВидОперации: text,
      СчетОрганизации_Key: reference,
      Контрагент: composite('Catalog_Контрагенты', 'Catalog_Организации'),
      НомерВходящегоДокумента: text,
      ДатаВходящегоДокумента: date,
      НазначениеПлатежа: text,
    },
    {
      РасшифровкаПлатежа: {
        ДоговорКонтрагента_Key: reference,
        СпособПогашенияЗадолженности: text,
        СуммаПлатежа: number,
        СуммаВзаиморасчетов: number,
        СтавкаНДС: vatRate,
        СуммаНДС: number,
        СчетНаОплату_Key: reference,
        СчетУчетаРасчетовСКонтрагентом_Key: reference,
        СчетУчетаРасчетовПоАвансам_Key: reference,
      },
      ...extraFields,
    },
  )

export const documents: readonly EntitySet[] = [
  document(
    'СчетНаОплатуПокупателю',
    { ...header, Контрагент_Key: reference, СуммаВключаетНДС: flag },
    { Товары: { Номенклатура: composite('Catalog_Номенклатура'), ...line }, ...extraFields },
  ),
  document(
    'РеализацияТоваровУслуг',
    {
      ...header,
      Контрагент_Key: reference,
      СуммаВключаетНДС: flag,
      СчетУчетаРасчетовСКонтрагентом_Key: reference,
    },
    { Товары: saleLine, Услуги: saleLine, ...extraFields },
  ),
  payment('ПоступлениеНаРасчетныйСчет'),
  // Neither the name nor the fields of the document for cards and СБП were found in a source; the mapping file decides.
  payment('ОплатаПлатежнойКартой'),
  // Also the return to a buyer: `ВидОперации` says so, and 1C never guesses it.
  payment('СписаниеСРасчетногоСчета'),
]
