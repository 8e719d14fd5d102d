import { command } from '../command.ts'
import { examine, type Finding } from '../examine.ts'
import { exit } from '../exit-codes.ts'
import type { Style } from '../style.ts'
import { readable } from '../text.ts'

export default command({
  name: 'doctor',
  description: 'Looks for what would keep droplake from working here, and says what mends it.',
  examples: ['doctor', 'doctor --lake /data/lake --json'],
  async run(session) {
    const findings = await examine(session)
    const { style } = session.terminal
    session.answer(findings, () => findings.map((finding) => showFinding(finding, style)).join('\n'))
    return findings.some(({ state }) => state === 'fail') ? exit.failed : exit.done
  },
})

function showFinding({ state, subject, text, mend }: Finding, style: Style): string {
  const look = { ok: style.green, warn: style.yellow, fail: style.red }[state]
  const line = `${look(state.padEnd(4))}  ${subject.padEnd(10)}  ${readable(text)}`
  return mend ? `${line}\n      ${''.padEnd(10)}  ${style.dim('mend')} ${mend}` : line
}
