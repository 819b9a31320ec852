// The pinned Codex for tests, added by the product's own code into a folder of this machine that all checkouts share. The
// first test that needs it fetches it from npm; a test that cannot have it fails.
import { lstat, mkdir, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addProgram } from "#cli/agents/add.ts";
import type { FoundProgram } from "#lib/agent-programs/find.ts";
import { CODEX, type ProgramPin } from "#lib/agent-programs/pins.ts";
import type { Sandbox } from "#lib/jail/port.ts";

export interface InstalledCodex {
  /** What PILOTHOUSE_AGENTS names. */
  readonly agents: string;
  readonly program: FoundProgram;
}

/** The folder has a name that anybody knows: what somebody else put there is not run. */
async function ownFolder(): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  const folder = join(await realpath(tmpdir()), `pilothouse-test-agents-${uid}`);
  await mkdir(folder, { mode: 0o755, recursive: true });
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o022) !== 0)
    throw new Error(`${folder} is not a folder of this user alone: remove it.`);
  return folder;
}

export async function installedProgram(pin: ProgramPin, sandbox: Sandbox): Promise<InstalledCodex> {
  const agents = await ownFolder();
  const { program } = await addProgram(pin, { agents, sandbox, env: process.env, arch: process.arch });
  return { agents, program };
}

export const installedCodex = (sandbox: Sandbox): Promise<InstalledCodex> => installedProgram(CODEX, sandbox);
