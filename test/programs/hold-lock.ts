// Creates a writer's file with a backend and keeps it open until it is killed.

import { loadBackend } from '../helpers/backends.js';
import { CREATE_OPTIONS } from '../helpers/writers.js';

const [name, path] = process.argv.slice(2) as ['mmap' | 'mmap-io' | 'file', string];
const mapping = loadBackend(name).create(path, CREATE_OPTIONS);
mapping.extend(0, 65536);
process.send?.(mapping.locked);
process.on('message', () => {});
