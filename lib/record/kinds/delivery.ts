import { z } from "zod";
import { count, digest, id, instant } from "./words.ts";

const rows = z.enum(["deployment", "incident", "outside_change", "outside_ci_run", "page_call"]);

/** Rows from outside. `digest`: of those that were new or changed, as they are kept; `source_sha256`: of the source's name. */
export const DELIVERY_KINDS = {
  "import.recorded": z.strictObject({
    ...{ rows, way: z.enum(["api", "csv", "github", "github_call", "pagerduty_call"]) },
    ...{ source_sha256: digest, digest, rows_new: count, rows_changed: count, rows_unchanged: count },
    /** What a forge or a pager told that cannot be; left out where there was none. */
    rows_refused: count.optional(),
  }),
  /** A person's word on which deployment an incident came of; null: of none. */
  "incident.linked": z.strictObject({ deployment: id.nullable() }),
  /** What a forge is asked for, of a range of instants. */
  "repository.history_asked": z.strictObject({ fetch: id, rows, since: instant, until: instant }),
  "repository.pager_connected": z.strictObject({
    ...{ pager: id, kind: z.enum(["pagerduty"]), about: z.enum(["tests", "releases", "other"]) },
  }),
  "repository.pager_ended": z.strictObject({ pager: id }),
} as const;
