import { join } from 'node:path'

export const root = join(import.meta.dirname, '../..')
export const platform = join(root, '.sst/platform')
/** What was evaluated last: `<stage>.json`, and the zips that it names. */
export const cache = join(root, '.cache/stacks')
