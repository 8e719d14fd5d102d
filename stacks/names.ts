import { createHash } from 'node:crypto'

/** Who deploys: SST's `$app`, or a test's. */
export interface Owner {
  name: string
  stage: string
}

/**
 * `<app>-<stage>-<part>`. Where AWS allows fewer characters, app and stage are cut and a hash of them keeps stages apart; the
 * part stays whole.
 */
export function nameOf(owner: Owner, part: string, max: number): string {
  const whole = `${owner.name}-${owner.stage}-${part}`
  if (whole.length <= max) return whole
  const hash = createHash('sha256').update(`${owner.name}/${owner.stage}`).digest('hex').slice(0, 8)
  const room = max - part.length - hash.length - 2
  if (room < 1) throw new Error(`stacks: no name of ${max} characters fits ${part}; shorten it`)
  return `${`${owner.name}-${owner.stage}`.slice(0, room)}-${hash}-${part}`
}

/** What every database's name begins with: `droplake_prod_`. */
export const databasePrefixOf = (owner: Owner): string =>
  `${nameOf(owner, '', 64).slice(0, -1)}_`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')
