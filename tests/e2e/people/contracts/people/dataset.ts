import { defineDataset } from '@droplake/contracts/dataset'

export default defineDataset({
  description: 'People, whose every cell is their own',
  settleSeconds: 0,
  crawl: 'always',
})
