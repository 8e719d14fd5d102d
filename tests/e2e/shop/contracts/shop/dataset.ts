import { defineDataset } from '@droplake/contracts/dataset'

export default defineDataset({ description: 'A shop small enough to be killed a thousand times', settleSeconds: 0 })
