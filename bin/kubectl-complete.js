#!/usr/bin/env node
// kubectl runs it to complete the words behind `kubectl sidetrace`.
import {start} from '../dist/main.js'

process.argv.splice(2, 0, 'complete', '--kubectl', '--')
await start(import.meta.url)
