import type { Effects } from '@droplake/pipeline/effects'
import { type AdmitInput, admit } from './admit.ts'

export const handler = (fx: Effects) => (event: AdmitInput) => admit(fx, event)
