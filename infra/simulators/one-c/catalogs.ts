import { catalog, type EntitySet } from './entity-set.ts'
import { composite, date, flag, number, oneOf, reference, storage, text } from './field.ts'

const folders = { Parent_Key: reference, IsFolder: flag }

export const extraFields = {
  ДополнительныеРеквизиты: { Свойство_Key: reference, Значение: composite('Edm.String') },
}

const fileFields = {
  Расширение: text,
  Размер: number,
  ВладелецФайла_Key: reference,
  ДатаСоздания: date,
  ДатаМодификацииУниверсальная: date,
  Автор_Key: reference,
  ТипХраненияФайла: oneOf('ВИнформационнойБазе', 'ВТомахНаДиске'),
  Том_Key: reference,
  ПутьКФайлу: text,
  ПодписанЭП: flag,
  ФайлХранилище: storage,
}

const attachedFiles = (owner: string): EntitySet => catalog(`${owner}ПрисоединенныеФайлы`, fileFields)

export const catalogs: readonly EntitySet[] = [
  catalog(
    'Контрагенты',
    {
      ...folders,
      НаименованиеПолное: text,
      ИНН: text,
      КПП: text,
      ЮридическоеФизическоеЛицо: oneOf('ЮридическоеЛицо', 'ФизическоеЛицо'),
      Комментарий: text,
    },
    {
      КонтактнаяИнформация: {
        Тип: text,
        Вид_Key: reference,
        Представление: text,
        НомерТелефона: text,
        АдресЭП: text,
      },
      ...extraFields,
    },
  ),
  catalog('Организации', {
    НаименованиеПолное: text,
    ИНН: text,
    КПП: text,
    Префикс: text,
    ОсновнойБанковскийСчет_Key: reference,
  }),
  catalog('ДоговорыКонтрагентов', {
    ...folders,
    Owner_Key: reference,
    Организация_Key: reference,
    ВидДоговора: oneOf('СПокупателем', 'СПоставщиком', 'Прочее', 'СКомиссионером', 'СКомитентом'),
    Номер: text,
    Дата: date,
    ВалютаВзаиморасчетов_Key: reference,
    Комментарий: text,
  }),
  catalog('БанковскиеСчета', {
    Owner: composite('Catalog_Контрагенты', 'Catalog_Организации'),
    НомерСчета: text,
    Банк_Key: reference,
    ВалютаДенежныхСредств_Key: reference,
  }),
  catalog('Номенклатура', { ...folders, НаименованиеПолное: text, Артикул: text, Услуга: flag }),
  catalog('Валюты', { НаименованиеПолное: text }),
  catalog('Файлы', fileFields),
  attachedFiles('СчетНаОплатуПокупателю'),
  attachedFiles('РеализацияТоваровУслуг'),
  attachedFiles('Контрагенты'),
  attachedFiles('ДоговорыКонтрагентов'),
]
