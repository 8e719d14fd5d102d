import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { createTerminal } from './terminal.ts'

const esc = '\u001b'
const pieces = new RegExp(`${esc}\\[(\\d*)[AKJ]|\\n|\\r|[^${esc}\\n\\r]+`, 'g')

/** A stream that claims to be a terminal of 20 columns, and what a screen shows of everything written to it. */
function screen() {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 20, rows: 10 })
  const lines: string[] = ['']
  let row = 0
  stream.setEncoding('utf8').on('data', (text: string) => {
    // Cursor up, erase line, erase below, end of line, return, and text are all that is ever written.
    for (const [piece, up] of text.matchAll(pieces)) {
      if (piece.endsWith('A') && up !== undefined) row -= Number(up)
      else if (piece === '\u001b[2K') lines[row] = ''
      else if (piece === '\u001b[J') lines.splice(row, lines.length, '')
      else if (piece === '\n') lines[++row] ??= ''
      else if (piece !== '\r') lines[row] += piece
    }
  })
  return { stream: stream as unknown as NodeJS.WriteStream, shown: () => lines.join('\n') }
}

it('prints notes and results above the block, which is rewritten in place and cut to the width', async () => {
  const { stream, shown } = screen()
  const terminal = createTerminal({ color: true, canRewrite: true, stdout: stream, stderr: stream })
  terminal.block(['one', 'two', 'three'])
  terminal.note('a note')
  terminal.block(['a line that is much too long', 'two'])
  terminal.out('a result')
  await terminal.flush()
  expect(shown()).toBe('a note\na result\na line that is muc…\ntwo\n')
  terminal.block([])
  await terminal.flush()
  expect(shown()).toBe('a note\na result\n')
})

it('shows no block where the cursor cannot be moved', async () => {
  const { stream, shown } = screen()
  const terminal = createTerminal({ color: false, canRewrite: false, stdout: stream, stderr: stream })
  terminal.block(['one'])
  terminal.note('a note')
  await terminal.flush()
  expect(shown()).toBe('a note\n')
})
