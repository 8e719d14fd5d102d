import { choices } from '@droplake/contracts/did-you-mean'
import { UsageError } from '@droplake/local/usage-error'
import { firstWord } from './arguments.ts'
import type { Command } from './command.ts'

export interface FoundCommand {
  command: Command
  /** The arguments without the words that named the command. */
  argv: string[]
}

/** The command that the arguments name, loaded; a group when they name none of its commands and none is meant. */
export async function findCommand(root: Command, args: readonly string[]): Promise<FoundCommand> {
  let command = root
  let argv = [...args]
  for (;;) {
    const commands = command.subCommands as Record<string, () => Promise<Command>> | undefined
    if (!commands) return { command, argv }
    const word = firstWord(argv, command.own)
    const otherwise = command.default as string | undefined
    const name = word?.value ?? otherwise
    if (name === undefined) return { command, argv }
    const load = Object.hasOwn(commands, name) ? commands[name] : undefined
    if (!load) {
      const path = command.meta.name === '' ? '' : `${command.meta.name}: `
      throw new UsageError(`${path}no command ${name}${choices(name, Object.keys(commands))}`)
    }
    command = await load()
    if (word) argv = argv.toSpliced(word.index, 1)
  }
}
