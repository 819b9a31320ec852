// The files of one ssh: on the disk, for this user alone, for as long as it runs. Those of a process that was killed meanwhile
// are removed by the next one that starts.
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SealedKey } from "#lib/repositories/keys/schema.ts";
import { knownHostsText, type SshFiles } from "./ssh-command.ts";

const PREFIX = "pilothouse-ssh-";
const OURS = /^pilothouse-ssh-(\d+)-/;
export const prefixOf = (pid: number): string => `${PREFIX}${pid}-`;

export async function withKeyFiles<T>(
  { privateKey, hostKeys }: SealedKey,
  work: (files: SshFiles) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), prefixOf(process.pid)));
  try {
    const written = async (name: string, text: string) => {
      await writeFile(join(folder, name), text, { mode: 0o600 });
      return join(folder, name);
    };
    const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
    const passwd = `pilothouse:x:${uid}:${gid}::/nonexistent:/bin/false\n`;
    return await work({
      key: await written("key", privateKey),
      knownHosts: await written("known_hosts", knownHostsText(hostKeys)),
      passwd: await written("passwd", passwd),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** On starting, before any ssh of this process. */
export async function removeLeftKeys(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(OURS.exec(name)?.[1]);
    if (!pid || (pid !== process.pid && isRunning(pid))) continue;
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EACCES" && error.code !== "EPERM") throw error; // of another user, who removes it
    });
  }
}
