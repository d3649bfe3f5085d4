import { readdirSync, readlinkSync } from 'node:fs';

/** This process's descriptors, by number, with the path that each leads to. */
export function openDescriptors(): [fd: number, path: string][] {
  return readdirSync('/proc/self/fd').flatMap((fd): [number, string][] => {
    try {
      return [[Number(fd), readlinkSync(`/proc/self/fd/${fd}`)]];
    } catch {
      // The one that the list was read with.
      return [];
    }
  });
}
