import { defineDataset } from '../../dataset.ts'

export default defineDataset({
  description: 'Brazilian marketplace orders, 2016-2018: nine CSV tables and a clickstream',
  rawFolders: ['olist', 'olist_clickstream'],
  settleSeconds: 5,
  dateOrder: 'dmy',
})
