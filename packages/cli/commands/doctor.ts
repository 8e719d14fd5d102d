import type { Finding } from '@droplake/stage/finding'
import { command } from '../command.ts'
import { examine } from '../examine.ts'
import { exit } from '../exit-codes.ts'
import type { Style } from '../style.ts'
import { readable } from '../text.ts'

export default command({
  name: 'doctor',
  onStage: true,
  description: 'Looks for what would keep droplake from working here, and says what mends it.',
  examples: ['doctor', 'doctor --lake /data/lake --json', 'doctor --stage prod'],
  async run(session) {
    const findings = await examine(session)
    const { style } = session.terminal
    session.answer(findings, () => showFindings(findings, style))
    return findings.some(({ state }) => state === 'fail') ? exit.failed : exit.done
  },
})

function showFindings(findings: readonly Finding[], style: Style): string {
  const width = Math.max(...findings.map(({ subject }) => subject.length))
  return findings
    .map(({ state, subject, text, mend }) => {
      const look = { ok: style.green, warn: style.yellow, fail: style.red }[state]
      const line = `${look(state.padEnd(4))}  ${subject.padEnd(width)}  ${readable(text)}`
      return mend ? `${line}\n      ${''.padEnd(width)}  ${style.dim('mend')} ${mend}` : line
    })
    .join('\n')
}
