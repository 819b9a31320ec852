// Letting a paused pilot go on, or lifting a stop, as somebody decides on it: what held it, and why it should go on.
import { z } from "zod";
import { formatExact, plural } from "#components/format.ts";
import type { DecisionFact, GateDetailProps } from "#components/inbox/gate-detail.tsx";
import type { GateView } from "#lib/gates/schema.ts";

const Document = z.looseObject({
  pausedBecause: z.string().nullish(),
  pulledBecause: z.string().optional(),
  resumeBecause: z.string().optional(),
  liftBecause: z.string().optional(),
  tripCount: z.int().default(0),
  trips: z
    .array(z.object({ id: z.string(), wire: z.string(), at: z.string(), value: z.number(), sample: z.int() }))
    .default([]),
});
type Document = z.infer<typeof Document>;

export function describeResume(gate: GateView, expiry: string): Omit<GateDetailProps, "decide" | "back"> {
  const document = Document.parse(JSON.parse(gate.document));
  const { pausedBecause, pulledBecause, resumeBecause, liftBecause } = document;
  return {
    gate,
    text: `${gate.openedByName} asks that runs are dispatched again. ${expiry}`,
    facts: [
      ...said("What held it", pausedBecause ?? pulledBecause, "bad", "Held"),
      ...said("Why it should go on", resumeBecause ?? liftBecause, "wait", "Asked"),
      ...tripFacts(document),
    ],
    more:
      gate.pilotId !== null && document.tripCount > 0
        ? { title: "Tripwires of the pilot", href: `/pilots/${gate.pilotId}/tripwires` }
        : null,
    digest: gate.digest,
    digestName: "Decision document",
    approveWord: gate.stopId === null ? "Resume" : "Lift the stop",
  };
}

const said = (
  title: string,
  text: string | null | undefined,
  tone: DecisionFact["tone"],
  word: string,
): DecisionFact[] => (text ? [{ title, text, tone, word }] : []);

function tripFacts({ trips, tripCount }: Document): DecisionFact[] {
  const rest = tripCount - trips.length;
  return [
    ...trips.map(
      ({ wire, at, value, sample }): DecisionFact => ({
        title: `Tripped ${formatExact(at)}`,
        text: `${wire}: it stood at ${Math.round(value * 10) / 10} over ${plural(sample, "row")}. Resuming arms it again, and it counts only what happens from then on.`,
        tone: "bad",
        word: "Tripped",
      }),
    ),
    ...(rest > 0
      ? said("Earlier trips", `${plural(rest, "more trip")} would be lifted too.`, "bad", "Tripped")
      : []),
  ];
}
