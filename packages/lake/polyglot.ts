import { setFlagsFromString } from 'node:v8'

// Optimising the parser's 22 MB of WebAssembly takes 500 MB of memory, to save some milliseconds a statement.
for (const flag of ['--liftoff-only', '--no-wasm-tier-up', '--no-wasm-dynamic-tiering']) setFlagsFromString(flag)

/** The SQL parser and translator. Imported here only, so that it is never loaded without the flag above. */
export const { Dialect, generate, outputColumns, parse, tokenize, transpile } = await import('@polyglot-sql/sdk')
