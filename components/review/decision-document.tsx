import type { GateView } from "#lib/gates/schema.ts";
import { CopyId } from "../ui/copy-id.tsx";
import { Panel } from "../ui/panel.tsx";
import { Visible } from "../ui/visible.tsx";

/** Exactly what an approval is bound to. Shown indented; its digest is of the canonical text. */
export function DecisionDocument({ gate }: { gate: GateView | null }) {
  if (!gate) return <p className="t3 p-5">There is no gate yet, so nothing to decide.</p>;
  return (
    <Panel
      title="Decision document"
      fact="canonical JSON, shown indented"
      actions={<CopyId id={gate.digest} what="document digest" />}
    >
      <pre className="code pb">
        <Visible text={indented(gate.document)} mode="block" />
      </pre>
    </Panel>
  );
}

/** Ours and canonical; a text that is no JSON is shown as it is. */
function indented(document: string): string {
  try {
    return JSON.stringify(JSON.parse(document), null, 2);
  } catch (error) {
    if (error instanceof SyntaxError) return document;
    throw error;
  }
}
