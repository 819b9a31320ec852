// The filter of the log's pages, from the address. What an old link has that is no filter any more is left out.
import { z } from "zod";
import { EntryFilter } from "#lib/log/schema.ts";

const optional = <S extends z.ZodType>(shape: S) => shape.optional().catch(undefined);
const { kind, actor, subject, pilotId, from, to } = EntryFilter.shape;

export const LogQuery = z.object({
  kind: optional(kind.unwrap()),
  actor: optional(actor.unwrap()),
  subject: optional(subject.unwrap()),
  pilotId: optional(pilotId.unwrap()),
  from: optional(from.unwrap()),
  to: optional(to.unwrap()),
  after: optional(z.string().max(100)),
});
export type LogQuery = z.infer<typeof LogQuery>;
