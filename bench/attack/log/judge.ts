// Who finds an attack: the export or the proof that refuses to be made, the verifier outside, or the notary that signs no more.
import { AppError, messageOf } from "#lib/errors.ts";
import { Halt } from "#notary/halt.ts";
import { verifyBundle } from "../../../verify/bundle.ts";
import { parsePolicy } from "../../../verify/policy.ts";
import type { Attack } from "./attempt.ts";
import type { World } from "./world.ts";

export type Finder = "export" | "verifier" | "notary";

export interface Verdict {
  /** Null: nobody found it. */
  readonly by: Finder | null;
  readonly says: string;
}

async function* streamed(lines: readonly string[]): AsyncGenerator<Buffer> {
  for (let at = 0; at < lines.length; at += 500)
    yield Buffer.from(lines.slice(at, at + 500).join(""), "utf8");
}

const octets = (text: string): string => Buffer.from(text, "utf8").toString("binary");

/** The verifier outside, with the policy and what the auditor holds. Null where it accepts. */
async function verified(
  lines: readonly string[],
  policy: string,
  old: readonly string[],
): Promise<string | null> {
  const report = await verifyBundle(streamed(lines), parsePolicy(Buffer.from(policy)), {
    old: old.map(octets),
  });
  if (report.code === 0) return null;
  const [first] = report.findings.filter(({ outcome }) => outcome === "fails" || outcome === "not_shown");
  return first?.says ?? report.unreadable ?? "";
}

async function notaryRefuses({ tick }: World): Promise<string | null> {
  try {
    await tick();
    return null;
  } catch (error) {
    if (error instanceof Halt) return error.message;
    throw error;
  }
}

/** Reads what the attacked deployment hands out. */
export async function judge(world: World, attack: Attack): Promise<Verdict> {
  const { bundle, policy, old, proves, numbersAgain } = attack;
  const unproved = proves === undefined ? null : await world.unproved(proves);
  if (unproved !== null) return { by: "export", says: unproved };
  let lines = bundle ?? null;
  if (lines === null) {
    try {
      lines = await world.exported();
    } catch (error) {
      if (error instanceof AppError) return { by: "export", says: messageOf(error) };
      throw error;
    }
    if (lines.at(-1)?.includes('"type":"broken"')) return { by: "export", says: lines.at(-1) ?? "" };
  }
  const found = await verified(lines, policy ?? world.policy, old ?? [world.held]);
  if (found !== null) return { by: "verifier", says: found };
  const refused = bundle && !numbersAgain ? null : await notaryRefuses(world);
  return refused === null ? { by: null, says: "" } : { by: "notary", says: refused };
}
