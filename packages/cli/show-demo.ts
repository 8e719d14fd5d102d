import type { Alert } from '@droplake/lake/notifier'
import type { QueryResult } from '@droplake/lake/query-engine'
import type { DropResult } from '@droplake/local/drop'
import type { Session } from './session.ts'
import { showDrop } from './show-drop.ts'
import { showRows } from './show-rows.ts'
import type { Style } from './style.ts'
import { readable } from './text.ts'

export const shownQuery = 'olist/top-categories-by-revenue'

export interface Demo {
  result: DropResult
  alerts: Alert[]
  answer: { description: string; rows: QueryResult } | undefined
  seed: number
}

/** What came out, the alert as subscribers get it, an answer, and three things to try. */
export function showDemo({ result, alerts, answer, seed }: Demo, session: Session, style: Style): string {
  const { hint, quiet } = session
  const again = result.objects.length > 0 && result.objects.every(({ outcome }) => outcome === 'duplicate')
  const parts = [
    again
      ? `The lake has exactly these files already, so nothing changed: the same bytes never count twice.\n${hint(`demo --seed ${seed + 1}`)} brings new ones.`
      : showDrop(result, { ...session, quiet: true }, style),
  ]
  for (const { subject, text } of alerts)
    parts.push(
      `${style.bold('Alert')}  ${readable(subject)}\n${text
        .split('\n')
        .map((line) => `  ${readable(line)}`)
        .join('\n')}`,
    )
  if (answer)
    parts.push(
      `${style.bold(readable(answer.description))}\n${style.dim(hint(`query --saved ${shownQuery}`))}\n\n${showRows(answer.rows, style)}`,
    )
  const next: [string, string][] = [
    ['why rows were rejected', hint('quarantine list')],
    [
      'ask something yourself',
      hint('query "select order_status, count(*) as orders from olist_curated.fact_orders group by 1 order by 2 desc"'),
    ],
    ['drop files of your own while this runs', hint('watch')],
  ]
  if (!quiet)
    parts.push(`${style.bold('Try next')}\n${next.map(([what, how]) => `  ${what.padEnd(39)}${how}`).join('\n')}`)
  return parts.join('\n\n')
}
