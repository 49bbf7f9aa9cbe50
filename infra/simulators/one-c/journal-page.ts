import { html } from 'hono/html'
import type { DocumentView } from './document-view.ts'

const titles: Record<string, string> = {
  Document_СчетНаОплатуПокупателю: 'Счет на оплату покупателю',
  Document_РеализацияТоваровУслуг: 'Реализация (акт, накладная)',
  Document_ПоступлениеНаРасчетныйСчет: 'Поступление на расчетный счет',
  Document_ОплатаПлатежнойКартой: 'Операция по платежной карте',
  Document_СписаниеСРасчетногоСчета: 'Списание с расчетного счета',
}

const roubles = new Intl.NumberFormat('ru-RU', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const moment = (date: string): string =>
  `${date.slice(0, 10).split('-').reverse().join('.')} ${date.slice(11)}`
const state = ({ DeletionMark, Posted }: DocumentView): string => {
  if (DeletionMark) return 'помечен на удаление'
  return Posted ? 'проведен' : 'записан'
}

const row = (one: DocumentView) => html`<tr title="${one.Ref_Key}">
<td class="${one.Posted ? 'posted' : ''}">${state(one)}</td><td>${moment(one.Date)}</td><td>${one.Number}</td>
<td>${titles[one.set] ?? one.set}</td><td>${one.counterparty}</td><td class="amount">${roubles.format(one.amount)}</td>
<td>${one.entries ? 'есть' : 'нет'}</td><td>${one.creates}</td><td>${one.posts}</td><td>${one.comment}</td></tr>`

export const journalPage = (documents: DocumentView[]) => html`<!doctype html>
<html lang="ru"><head><meta charset="utf-8"><title>1С:Бухгалтерия (имитация): журнал документов</title>
<meta name="viewport" content="width=device-width">
<style>
body { font: 14px Arial, sans-serif; margin: 0; background: #fff; color: #333 }
h1 { font-size: 18px; margin: 0; padding: 10px 16px; background: #fbed9e; border-bottom: 1px solid #e0c94f }
p { padding: 0 16px }
div { overflow-x: auto }
table { border-collapse: collapse; min-width: 100% }
th, td { text-align: left; padding: 5px 10px; border: 1px solid #ddd; white-space: nowrap }
th { background: #f2f2f2; font-weight: normal }
.amount { text-align: right } .posted { color: #0a7d28 }
</style></head>
<body><h1>Журнал документов</h1>
<p>Это имитация базы 1С:Бухгалтерия для местного стенда. Документов: ${documents.length}</p>
<div><table><thead><tr><th>Состояние</th><th>Дата</th><th>Номер</th><th>Вид документа</th><th>Контрагент</th>
<th>Сумма, руб.</th><th>Проводки</th><th>Попыток создать</th><th>Проведен раз</th><th>Комментарий</th></tr></thead>
<tbody>${documents.map(row)}</tbody></table></div></body></html>`
