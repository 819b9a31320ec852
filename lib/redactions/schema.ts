import { z } from "zod";

/** What of a run is taken away: some events, all of them, or everything an agent or a harness wrote. */
export const RedactionTarget = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("events"), seqs: z.array(z.int().min(1)).min(1).max(1000) }),
  z.object({ kind: z.literal("all_events") }),
  z.object({ kind: z.literal("all") }),
]);
export type RedactionTarget = z.infer<typeof RedactionTarget>;

const reason = z.string().trim().min(3, "Say why in a few words.").max(500, "At most 500 characters.");

/** As the form sends it: `seqs` are the boxes that are ticked, one value or several. */
export const OrderRedaction = z.object({
  runId: z.string().min(1).max(100),
  kind: z.enum(["events", "all_events", "all"]),
  seqs: z
    .preprocess(
      (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]),
      z.array(z.coerce.number().int().min(1)).max(1000),
    )
    .default([]),
  reason,
});
export type OrderRedaction = z.infer<typeof OrderRedaction>;

export const ShowPayload = z.object({
  runId: z.string().min(1).max(100),
  what: z.enum(["event", "diff"]),
  /** Number of the event. */
  seq: z.coerce.number().int().min(1).optional(),
  reason,
});
export type ShowPayload = z.infer<typeof ShowPayload>;

/** A place where a payload lies, and whether taking it away reaches it. */
export const Copy = z.object({ name: z.string(), title: z.string(), reached: z.boolean(), text: z.string() });
export type Copy = z.infer<typeof Copy>;

export interface RedactionView {
  readonly id: string;
  readonly kind: RedactionTarget["kind"];
  readonly events: readonly number[];
  readonly reason: string;
  readonly orderedBy: string;
  readonly orderedByName: string;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  /** What was reached and what was not; null until it is done. */
  readonly copies: readonly Copy[] | null;
}

/** What the page needs before anybody orders anything. */
export interface RedactionOffer {
  /** Why this person cannot take away anything of this run now; null when they can. */
  readonly refusal: string | null;
  /** Why more than single events cannot be taken away now; null when they can. */
  readonly refusalOfAll: string | null;
  readonly copies: readonly Copy[];
  readonly copiesOfEvents: readonly Copy[];
  /** Where all events go, and what models were asked and answered with them. */
  readonly copiesOfAllEvents: readonly Copy[];
}
