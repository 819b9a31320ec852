import { redirect } from "next/navigation";
import { notFound } from "#lib/errors.ts";
import { page } from "#lib/guard/page.tsx";
import { findEventEntry } from "#lib/log/event-entry/find-event-entry.ts";
import { getRun } from "#lib/runs/service.ts";
import { eventNumber } from "#lib/timeline/placed.ts";

/** Leads from an event of a run to the entry that binds it. */
export default page({
  permission: "log.view",
  handler: async ({ scope, params: { run: runId = "", seq: text = "" } }) => {
    const seq = eventNumber(text);
    if (seq === null) throw notFound("event");
    await getRun(scope, runId);
    redirect(`/log/${await findEventEntry(scope, runId, seq)}`);
  },
});
