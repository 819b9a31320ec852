// Which gates are signed with a passkey. What a gate's own document says holds, whatever a charter says later.
import { z } from "zod";
import type { Charter } from "../pilots/schema.ts";

/** What publishes something. */
const PUBLISHING: readonly string[] = ["merge", "release", "break_glass", "artefact"];

const Amending = z.looseObject({
  changes: z.array(z.looseObject({ field: z.string(), direction: z.string() })),
});

/** Whether the amendment would have fewer approvals signed: who cannot sign one does not decide that none is. */
function unsigns(document: unknown): boolean {
  const { success, data } = Amending.safeParse(document);
  return !success || data.changes.some(({ field, direction }) => field === STEP_UP && direction === "looser");
}

const STEP_UP = "controls.stepUp";

/** Whether approvals at a gate of this kind are signed with a passkey under the charter. */
export function wantsPasskey({ controls }: Charter, kind: string, document?: unknown): boolean {
  switch (controls.stepUp) {
    case "none":
      return false;
    case "merge":
      return PUBLISHING.includes(kind) || (kind === "amend" && unsigns(document));
    case "every_gate":
      return true;
  }
}

/** How approvals at a gate are given, as its document says it. */
export type Method = "session" | "passkey";

const isSigned = (bound: unknown): boolean =>
  typeof bound === "object" && bound !== null && "method" in bound && bound.method === "passkey";

/** A document that cannot be read asks for the more. */
export function methodOf({ document }: { readonly document: string }): Method {
  try {
    return isSigned(JSON.parse(document)) ? "passkey" : "session";
  } catch {
    return "passkey";
  }
}
