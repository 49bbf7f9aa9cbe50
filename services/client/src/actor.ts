/** Who changes something: a person by his id, a machine by its client id, or the operator at the command line. */
export type Actor = { id: string }

export const operator: Actor = { id: 'operator' }
