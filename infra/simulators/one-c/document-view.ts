/** A document as a person sees it past the interface. */
export type DocumentView = {
  set: string
  Ref_Key: string
  Number: string
  Date: string
  Posted: boolean
  DeletionMark: boolean
  amount: number
  counterparty: string
  comment: string
  /** How often a POST tried to create it, the refused attempts too. */
  creates: number
  /** How often it was posted with success. */
  posts: number
  /** Whether posting left entries in the books. */
  entries: boolean
}
