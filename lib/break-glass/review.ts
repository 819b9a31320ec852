// What another lead said afterwards. Either way it was reviewed; what was merged stays merged.
import type { Tx } from "../db.ts";
import { actorId, type Scope } from "../scope.ts";
import { GlassDocument } from "./schema.ts";

interface GlassGate {
  readonly id: string;
  readonly digest: string;
  readonly document: string;
  readonly pilotId: string | null;
}

export async function reviewed(tx: Tx, scope: Scope, gate: GlassGate, justified: boolean): Promise<void> {
  const { run, charter } = GlassDocument.parse(JSON.parse(gate.document));
  tx.record({
    kind: "break_glass.reviewed",
    about: [`run:${run}`, `gate:${gate.id}`, `pilot:${gate.pilotId ?? ""}`],
    charter,
    detail: { gate: gate.id, run, person: actorId(scope.actor), justified, decision: gate.digest },
  });
}
