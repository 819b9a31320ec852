// What people and the agent said to each other, as rows of a timeline.
import { Hand, MessageSquare, Save } from "lucide-react";
import type { FactItem } from "#lib/timeline/schema.ts";
import { Code, Visible } from "../ui/visible.tsx";
import type { Face } from "./face.ts";

type SteeringItem = Extract<
  FactItem,
  {
    kind: "message_delivered" | "message_undeliverable" | "ask_opened" | "ask_settled" | "snapshot_taken";
  }
>;

const EFFECT = {
  preempt: "into its turn",
  tool_boundary: "after what it was doing",
  after_turn: "as its next turn",
} as const;

export function steeringFace(item: SteeringItem): Face {
  switch (item.kind) {
    case "message_delivered":
      return {
        icon: MessageSquare,
        tone: "",
        head: `The agent got a message ${EFFECT[item.body.effect]}`,
      };
    case "message_undeliverable":
      return {
        icon: MessageSquare,
        tone: "is-need",
        head: (
          <>
            <span className="med">A message did not reach the agent</span>:{" "}
            <Visible text={item.body.reason} />
          </>
        ),
      };
    case "ask_opened":
      return {
        icon: Hand,
        tone: "is-need",
        head: (
          <>
            <span className="med">The agent asks</span> <Code text={item.body.title} />{" "}
            <Visible text={item.body.reason} />
          </>
        ),
      };
    case "ask_settled": {
      const { ask, decision, by, rule } = item.body;
      return {
        icon: Hand,
        tone: decision === "allowed" ? "is-good" : "",
        head: (
          <>
            Ask {ask}: {decision} by {by} {rule ? <Code text={rule} /> : null}
          </>
        ),
      };
    }
    case "snapshot_taken":
      return { icon: Save, tone: "reason", head: `Snapshot after turn ${item.body.turn}` };
  }
}
