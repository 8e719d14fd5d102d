#!/usr/bin/env -S MALLOC_ARENA_MAX=2 node
import { enableCompileCache } from 'node:module'

// Modules are stripped of their types and compiled once, not at every start.
enableCompileCache()
const [{ readEnvironment }, { main }] = await Promise.all([import('./config.ts'), import('./main.ts')])

process.exit(await main(process.argv.slice(2), readEnvironment()))
