import { join, resolve } from 'node:path'

/** Where downloaded programs are kept between runs. Git ignores it. */
export const cacheFolder = () =>
  resolve(process.env.DROPLAKE_CACHE ?? join(import.meta.dirname, '../../../.cache'), 'aws')
