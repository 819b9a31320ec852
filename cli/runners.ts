// The runners of this host: what each does, whether it is registered, and the token it registers with.
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Layout } from "./layout.ts";

export interface RunnerPlan {
  readonly name: string;
  readonly phases: readonly ("agent" | "verify")[];
  readonly slot: number;
}

/** Two, so that nobody verifies what it made itself. */
export const RUNNERS: readonly RunnerPlan[] = [
  { name: "local-1", phases: ["agent", "verify"], slot: 0 },
  { name: "local-2", phases: ["verify"], slot: 1 },
];

export const enrolmentFile = (layout: Layout, name: string) => join(layout.runners, `${name}.enrolment`);
const identityFile = (layout: Layout, name: string) => join(layout.runners, name, "identity.json");

const Identity = z.looseObject({ runnerId: z.string().nullable(), plane: z.string().nullable() });

async function readIdentity(file: string): Promise<z.infer<typeof Identity> | null> {
  try {
    return Identity.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return null; // the runner itself says what is wrong with a damaged one
  }
}

export async function isRegistered(layout: Layout, name: string): Promise<boolean> {
  return Boolean((await readIdentity(identityFile(layout, name)))?.runnerId);
}

/** A token for it means the control plane does not know its key: it starts anew. */
export async function keepEnrolment(layout: Layout, name: string, token: string): Promise<void> {
  await rm(identityFile(layout, name), { force: true });
  await rm(enrolmentFile(layout, name), { force: true });
  await writeFile(enrolmentFile(layout, name), `${token}\n`, { mode: 0o600 });
}

/** The same deployment on another port is the same control plane. */
export async function followPort(layout: Layout, plane: string): Promise<void> {
  for (const { name } of RUNNERS) {
    const file = identityFile(layout, name);
    const identity = await readIdentity(file);
    if (!identity?.plane?.startsWith("http://127.0.0.1:") || identity.plane === plane) continue;
    await writeFile(file, JSON.stringify({ ...identity, plane }), { mode: 0o600 });
  }
}
