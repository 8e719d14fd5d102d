#!/usr/bin/env -S MALLOC_ARENA_MAX=2 node
import { readEnvironment } from './config.ts'
import { main } from './main.ts'

process.exit(await main(process.argv.slice(2), readEnvironment()))
