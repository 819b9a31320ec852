// What the agent takes for granted and the harness looked at, as a row of a timeline.
import { CircleQuestionMark, ListChecks, ListX } from "lucide-react";
import type { FactItem } from "#lib/timeline/schema.ts";
import { Code, Visible } from "../../ui/visible.tsx";
import type { Face } from "../face.ts";

type AssumptionItem = Extract<FactItem, { kind: "assumption_checked" }>;

export function assumptionFace({ body: { text, holds, detail } }: AssumptionItem): Face {
  return {
    icon: holds === null ? CircleQuestionMark : holds ? ListChecks : ListX,
    tone: holds === false ? "is-need" : holds ? "is-good" : "reason",
    head: (
      <>
        <span className="med">
          {holds === null ? "Could not be checked" : holds ? "The harness agrees" : "The harness disagrees"}
        </span>
        : <Code text={text} /> <Visible text={detail} />
      </>
    ),
  };
}
