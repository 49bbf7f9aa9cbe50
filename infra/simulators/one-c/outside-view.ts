import { Hono } from 'hono'
import * as v from 'valibot'
import type { Store } from '../frame/store.ts'
import type { DocumentView } from './document-view.ts'
import { documents } from './documents.ts'
import { entitySets } from './entity-sets.ts'
import { attemptsOf, listEntities } from './entity-store.ts'
import type { Entity } from './field.ts'
import { journalPage } from './journal-page.ts'
import { makesEntries } from './posting-rules.ts'
import { changeSettings, readSettings, Settings } from './settings.ts'

const viewOf = (store: Store, set: string, names: Map<string, string>) => (document: Entity) => {
  const key = String(document.Ref_Key)
  return {
    set,
    Ref_Key: key,
    Number: String(document.Number),
    Date: String(document.Date),
    Posted: document.Posted === true,
    DeletionMark: document.DeletionMark === true,
    amount: Number(document.СуммаДокумента),
    counterparty: names.get(String(document.Контрагент_Key ?? document.Контрагент)) ?? '',
    comment: String(document.Комментарий),
    ...attemptsOf(store, set, key),
    entries: makesEntries(set, document),
  } satisfies DocumentView
}

const documentViews = (store: Store): DocumentView[] => {
  const names = new Map(
    listEntities(store, 'Catalog_Контрагенты').map((one) => [String(one.Ref_Key), String(one.Description)]),
  )
  return documents
    .flatMap(({ name }) => listEntities(store, name).map(viewOf(store, name, names)))
    .toSorted((left, right) => (`${left.Date} ${left.Number}` < `${right.Date} ${right.Number}` ? -1 : 1))
}

/** What a person or a test sees of the base past its interface. */
export const outsideView = (store: Store): Hono =>
  new Hono()
    .get('/documents', (c) => c.json({ documents: documentViews(store) }))
    .get('/entities/:set', (c) => {
      const set = c.req.param('set')
      if (!entitySets.has(set)) return c.json({ error: 'No such set', sets: [...entitySets.keys()] }, 404)
      return c.json({ entities: listEntities(store, set) })
    })
    .get('/settings', (c) => c.json(readSettings(store)))
    .post('/settings', async (c) => {
      const body = v.safeParse(Settings, await c.req.json().catch(() => null))
      if (!body.success)
        return c.json(
          {
            error:
              'closedBefore?, ifMatch?, sessions?, sessionWaitMs?, reuseSessions?, sessionMaxAgeMs?, locked?',
          },
          400,
        )
      changeSettings(store, body.output)
      return c.json(readSettings(store))
    })
    .get('/page', (c) => c.html(journalPage(documentViews(store))))
