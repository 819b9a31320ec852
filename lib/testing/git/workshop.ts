// A scratch place with a real sandbox, for tests of what git does inside it.
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { createSandbox } from "#lib/jail/bubblewrap/sandbox.ts";
import type { Sandbox } from "#lib/jail/port.ts";
import { testSlot } from "../sandbox.ts";

export interface TestWorkshop {
  readonly sandbox: Sandbox;
  readonly scratch: string;
  /** A fresh path below the scratch place. */
  fresh(name: string): string;
  /** Removes everything and ends the sandbox. */
  close(): Promise<void>;
}

export async function openWorkshop(): Promise<TestWorkshop> {
  const root = mkdtempSync(join(realpathSync(tmpdir()), "pilothouse-git-test-"));
  chmodSync(root, 0o755);
  const scratch = join(root, "scratch");
  mkdirSync(scratch);
  const sandbox = await createSandbox({ slot: testSlot(), stateDirectory: join(root, "sandbox") });
  let count = 0;
  return {
    sandbox,
    scratch,
    fresh: (name) => join(root, `${++count}-${name}`),
    async close() {
      await sandbox.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** A workshop for this test file; closed when its tests are over. */
export async function testWorkshop(): Promise<TestWorkshop> {
  const workshop = await openWorkshop();
  afterAll(() => workshop.close());
  return workshop;
}
