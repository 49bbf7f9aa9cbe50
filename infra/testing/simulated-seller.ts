/** The seller of the local stack and of tests: nobody's real requisites, every control digit right. */
export const simulatedSeller = {
  name: 'ООО «Контора»',
  fullName: 'Общество с ограниченной ответственностью «Контора»',
  inn: '7736050003',
  kpp: '773601001',
  ogrn: '1027700000008',
  address: '117997, г. Москва, ул. Вавилова, д. 19',
  bankAccount: '40702810300000000001',
  bankName: 'Филиал «Центральный» Банка ВТБ (ПАО)',
  bik: '044525745',
  correspondentAccount: '30101810345250000745',
  director: 'Иванов И. И.',
  accountant: 'Петрова А. С.',
  numberPrefix: '',
  vatMode: 'general' as const,
  capture: 'auto' as const,
  taxSystem: 0 as const,
}

/** Also of what a database from before there were legal entities has got. */
export const simulatedSellerId = '00000000-0000-7000-8000-000000000001'
