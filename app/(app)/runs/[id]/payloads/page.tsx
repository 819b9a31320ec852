import { z } from "zod";
import { eventLine } from "#components/redaction/event-line.ts";
import { PayloadsPage } from "#components/redaction/payloads-page.tsx";
import { can } from "#lib/authz/rules.ts";
import { page } from "#lib/guard/page.tsx";
import { findShownPatch } from "#lib/patches/shown-patch.ts";
import { listRedactions, offerRedaction } from "#lib/redactions/service.ts";
import { getRun } from "#lib/runs/service.ts";
import { maskValue } from "#lib/secrets/mask-value.ts";
import { listShownEvents } from "#lib/timeline/service.ts";
import { loadShell } from "../../../load-shell.ts";
import { RunPart } from "../run-part.tsx";
import { order, show } from "./actions.ts";

const EVENTS = 100;

export default page({
  permission: "run.view",
  query: z.object({ after: z.coerce.number().int().min(0).catch(0) }),
  handler: async ({ scope, session, params: { id = "" }, query }) => {
    const run = await maskValue(await getRun(scope, id));
    const [events, patch, redactions, offer, shell] = await Promise.all([
      listShownEvents(scope, id, query.after, EVENTS),
      findShownPatch(scope, id),
      listRedactions(scope, id),
      offerRedaction(scope, id),
      loadShell(scope, session, { run }),
    ]);
    const last = events.at(-1);
    return (
      <RunPart shell={shell} run={run} title="Payloads" part="payloads">
        <PayloadsPage
          run={run}
          hasPatch={patch !== null}
          redactions={redactions}
          offer={offer}
          events={events.map(eventLine)}
          next={last && events.length === EVENTS ? `/runs/${run.id}/payloads?after=${last.seq}` : null}
          order={order}
          show={can(scope.grants, "payload.unmask", run.pilotId) ? show : null}
        />
      </RunPart>
    );
  },
});
