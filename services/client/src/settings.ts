import { commonSettings } from '@kontora/service'

export const settings = { ...commonSettings }
