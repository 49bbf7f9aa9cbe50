import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { Person } from './people.ts'

type Page = HtmlEscapedString | Promise<HtmlEscapedString>

export const choicePage = (parameters: URLSearchParams, people: Person[]): Page =>
  page(
    'Войти по Сбер ID',
    html`<p class="quiet">Это имитация Сбер ID: выберите, кто входит.</p>
      <form method="post" action="authorize.do">
        ${[...parameters].map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
        ${people.map(
          (person) => html`<button name="choice" value="${person.id}">
            <b>${nameOf(person)}</b><span>${person.email ?? 'без почты'}</span>
          </button>`,
        )}
        <button class="refuse" name="refuse" value="yes">Отказаться</button>
      </form>`,
  )

export const errorPage = (error: string): Page =>
  page(
    'Вход не начат',
    html`<p>Сбер ID не принял запрос сайта. Вернитесь на сайт и попробуйте ещё раз.</p>
      <p class="quiet">${error}</p>`,
  )

const nameOf = ({ given_name, family_name, id }: Person): string =>
  [given_name, family_name].filter(Boolean).join(' ') || id

const page = (title: string, body: Page): Page => html`<!doctype html>
<html lang="ru">
<head>
  <meta charset="utf-8"><meta name="viewport" content="width=device-width">
  <title>${title}</title>
  <style>
    body { font: 16px/1.5 system-ui, sans-serif; max-width: 24rem; margin: 12vh auto; padding: 0 1rem; color: #1f1f22 }
    h1 { font-size: 1.5rem } .quiet { color: #5b6875 } form { display: grid; gap: .75rem }
    button { font: inherit; text-align: left; padding: .75rem 1rem; border: 2px solid #21a038; border-radius: .75rem;
      background: #fff; cursor: pointer; display: grid }
    button:hover, button:focus-visible { background: #eef8f0 } button span { color: #5b6875; font-size: .875rem }
    .refuse { border-color: #dde3ea; text-align: center }
  </style>
</head>
<body><h1>${title}</h1>${body}</body>
</html>`
