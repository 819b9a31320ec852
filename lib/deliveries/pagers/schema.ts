import { z } from "zod";
import { PAGE_ABOUTS, printable } from "../rows/schema.ts";

const SECRET =
  "Paste the signing secret that PagerDuty showed for this webhook: 16 to 200 characters, without blanks.";

export const ConnectPager = z.strictObject({
  repositoryId: z.string().min(1, "Choose a repository.").max(100),
  /** What its calls are about: those about tests and releases count as people woken by them. */
  about: z.enum(PAGE_ABOUTS, { error: `Choose one of: ${PAGE_ABOUTS.join(", ")}.` }),
  secret: z
    .string({ error: SECRET })
    .trim()
    .min(16, SECRET)
    .max(200, SECRET)
    .regex(/^[\x21-\x7e]+$/, SECRET),
});
export type ConnectPager = z.infer<typeof ConnectPager>;

export const EndPager = z.strictObject({ pagerId: z.string().min(1).max(100) });
export type EndPager = z.infer<typeof EndPager>;

export interface PagerView {
  readonly id: string;
  readonly repositoryId: string;
  readonly repositoryName: string;
  readonly about: (typeof PAGE_ABOUTS)[number];
  readonly connectedByName: string;
  readonly connectedAt: Date;
}

const at = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
/** An id is kept as it is or not at all: two that are cut alike would be one. */
const id = printable(150);
const named = z.object({ summary: z.string().nullish() }).nullish();

/** A call of PagerDuty's webhooks, version 3, cut to what rows need. */
export const PagerCall = z.object({
  event: z.object({
    id,
    event_type: z.string().max(100),
    occurred_at: at,
    data: z.looseObject({ type: z.string() }),
  }),
});

/** What such a call is about where it tells of an incident. */
export const PagerIncident = z.object({
  id,
  created_at: at,
  status: z.string(),
  urgency: z.string().nullish(),
  service: named,
  priority: named,
});
export type PagerIncident = z.infer<typeof PagerIncident>;
