import { join } from 'node:path'
export const contractsFolder = join(import.meta.dirname, '../contracts/datasets')
export const sqlFolder = join(import.meta.dirname, '../../sql')
