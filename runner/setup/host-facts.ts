// What of a host decides what setup leaves besides its inputs: the programs it runs, as far as their versions tell.
import { readFile } from "node:fs/promises";
import os from "node:os";
import { isMissing } from "../plane/state-folder.ts";

async function release(): Promise<string> {
  try {
    return await readFile("/etc/os-release", "utf8");
  } catch (error) {
    if (isMissing(error)) return "";
    throw error;
  }
}

/** Part of the key: another Node, processor or release of the system sets up anew. */
export const hostFacts = async (): Promise<readonly string[]> => [
  ...[process.versions.node, process.platform, process.arch, os.release()],
  await release(),
];
