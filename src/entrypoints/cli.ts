#!/usr/bin/env node
import process from 'node:process';
import { COMMANDS } from '../cli/commands.js';
import { runProgram } from '../cli/program.js';

void runProgram(process.argv.slice(2), COMMANDS);
