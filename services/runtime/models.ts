import type { Effects } from '@droplake/pipeline/effects'
import { models as compiled } from '#compiled'

/** The models as the deploy compiled them; a Lambda has no SQL parser. */
export const models: Effects['models'] = async (dataset) => compiled[dataset] ?? []
