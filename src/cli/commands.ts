import { clean } from './clean/clean.js';
import type { CommandSpec } from './command.js';
import { compact } from './compact.js';
import { doctor } from './doctor/doctor.js';
import { dump } from './dump.js';
import { inspect } from './inspect/inspect.js';
import { serve } from './serve.js';
import { top } from './top/top.js';

/** In the order in which they are shown. */
export const COMMANDS: readonly CommandSpec[] = [serve, dump, inspect, top, compact, clean, doctor];
