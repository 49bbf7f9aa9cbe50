import type { Store } from '../frame/store.ts'
import { addContract, addDocumentRequest, type Client, linkExternalId, putClient } from './clients.ts'

const updatedAt = '2026-11-01T09:00:00.000+03:00'

const clients: Client[] = [
  {
    id: '0b9d3c52-7a41-4c0e-9f52-1d5a3b6c7d01',
    type: 'person',
    fullName: 'Соколова Анна Игоревна',
    phone: '+79990000001',
    email: 'anna.sokolova@example.com',
    status: 'active',
    updatedAt,
  },
  {
    id: '0b9d3c52-7a41-4c0e-9f52-1d5a3b6c7d02',
    type: 'company',
    fullName: 'ООО «Ромашка»',
    inn: '7707083893',
    kpp: '770701001',
    email: 'office@romashka.example.com',
    status: 'active',
    updatedAt,
  },
  {
    id: '0b9d3c52-7a41-4c0e-9f52-1d5a3b6c7d03',
    type: 'entrepreneur',
    fullName: 'ИП Ветров Борис Олегович',
    inn: '500100732259',
    status: 'blocked',
    updatedAt,
  },
]

/** Only into an empty store: what was changed since is kept. */
export const seedRoback = (store: Store): void => {
  if (store.query('select id from clients limit 1').get()) return
  store.transaction(() => {
    for (const client of clients) putClient(store, client)
    const [person = '', company = ''] = clients.map(({ id }) => id)
    linkExternalId(store, company, { system: '1c', value: '5f2c1f0e-9c5b-11ee-8c90-0050569f0001' })
    addContract(store, company, {
      id: '3e0c5a10-53d2-4a0f-8a55-6d2f3f4a0001',
      number: '17/2026',
      date: '2026-03-02',
      title: 'Договор на обслуживание',
      status: 'active',
    })
    addDocumentRequest(store, {
      id: '8c1f2d30-0b5e-4f0a-9d77-2b1a4c5d0001',
      clientId: person,
      type: 'passport',
      title: 'Копия паспорта',
      status: 'open',
      createdAt: updatedAt,
    })
  })()
}
