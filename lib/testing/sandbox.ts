// A real sandbox for one test file:
//
//   const { sandbox, folder } = await testSandbox();
//   const { stdout } = await run(sandbox, specOf("echo hello"));
//
// The folder is one every user may enter, as a data folder is; both are gone after the file's tests.
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { tryHostLock } from "#lib/host-lock.ts";
import { type ClosableSandbox, createSandbox } from "#lib/jail/bubblewrap/sandbox.ts";
import type { SandboxSpec } from "#lib/jail/port.ts";
import type { Limits } from "#lib/jail/schema.ts";

const MiB = 1024 * 1024;

export const TEST_LIMITS: Limits = {
  memoryBytes: 512 * MiB,
  processes: 64,
  cpus: 1,
  diskBytes: 64 * MiB,
  seconds: 40,
  outputBytes: MiB,
};

/** A spec that runs one line of shell. */
export const specOf = (
  line: string,
  { limits, ...spec }: Partial<Omit<SandboxSpec, "limits">> & { limits?: Partial<Limits> } = {},
): SandboxSpec => ({ command: ["sh", "-c", line], ...spec, limits: { ...TEST_LIMITS, ...limits } });

const FIRST_SLOT = 100;
const SLOTS = 80;

/** The lock of the slot is held until this process ends. */
async function claimSlot(): Promise<number> {
  for (let slot = FIRST_SLOT; slot < FIRST_SLOT + SLOTS; slot++) {
    if (await tryHostLock(`test sandbox slot ${slot}`)) return slot;
  }
  throw new Error(`All ${SLOTS} slots for sandboxes of tests are taken on this host.`);
}

const slot = await claimSlot();

/** The slot of this process: processes that test at once have different users, as runners have. */
export const testSlot = (): number => slot;

/** One more slot that is only this process's. */
export const slotBeside = (): number => slot - SLOTS;

/** A new folder that every user may enter. */
export async function openFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "pilothouse-sandbox-test-"));
  await chmod(folder, 0o755);
  return folder;
}

export async function testSandbox(): Promise<{ sandbox: ClosableSandbox; folder: string }> {
  const folder = await openFolder();
  const sandbox = await createSandbox({ slot: testSlot(), stateDirectory: join(folder, "state") });
  afterAll(async () => {
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { sandbox, folder };
}
