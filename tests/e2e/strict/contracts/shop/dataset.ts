import { defineDataset } from '@droplake/contracts/dataset'

export default defineDataset({ description: 'The shop, with rules that can fail', settleSeconds: 0 })
