import { UsageError } from '@droplake/local/usage-error'
import { parseArgs, runCommand } from 'citty'
import { asksFor, checkArguments } from './arguments.ts'
import type { Command } from './command.ts'
import { commands } from './commands.ts'
import type { Environment } from './config.ts'
import { type ExitCode, exit } from './exit-codes.ts'
import { findCommand } from './find-command.ts'
import { help } from './help.ts'
import { type GlobalArgs, openSession } from './session.ts'
import { showError } from './show-error.ts'
import { createTerminal } from './terminal.ts'

/** Runs one call of the command, to the last byte of its output. */
export async function main(args: readonly string[], environment: Environment): Promise<ExitCode> {
  const asked = args[0] === 'help' ? [...args.slice(1), '--help'] : args
  const terminal = createTerminal({
    color: !environment.noColor && !asked.includes('--no-color'),
    canRewrite: environment.canRewrite,
  })
  try {
    return await dispatch(asked)
  } catch (error) {
    terminal.block([])
    return showError(terminal, error, asked.includes('--debug'))
  } finally {
    await terminal.flush()
  }

  async function dispatch(all: readonly string[]): Promise<ExitCode> {
    if (all[0] === '--version' || all[0] === '-v') {
      terminal.out((await import('./version.ts')).version)
      return exit.done
    }
    const { command, argv } = await findCommand(commands, all)
    if (asksFor(argv, 'help')) {
      terminal.out(help(command, terminal.style))
      return exit.done
    }
    if (command.subCommands) {
      checkArguments(command, argv)
      terminal.note(help(command, terminal.noteStyle))
      const name = command.meta.name === '' ? '' : `${command.meta.name}: `
      throw new UsageError(`${name}no command given; there are ${Object.keys(command.subCommands).join(', ')}`)
    }
    checkArguments(command, argv)
    const given = parseArgs(argv, command.args) as unknown as GlobalArgs
    refuseStage(command, given)
    const session = openSession(given, environment, terminal)
    const { result } = await runCommand(command, { rawArgs: argv, data: session })
    return session.interrupts.signal.aborted ? exit.interrupted : (result as ExitCode)
  }
}

function refuseStage({ meta }: Command, { stage }: GlobalArgs): void {
  if (stage === undefined || meta.onStage) return
  throw new UsageError(`${meta.name} works on a laptop's lake only, got --stage ${stage}; leave --stage out`)
}
