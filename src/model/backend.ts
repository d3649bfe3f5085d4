/** What maps a writer's file; `memory` where there is no file. */
export type BackendName = 'memory' | 'mmap' | 'mmap-io' | 'file';
