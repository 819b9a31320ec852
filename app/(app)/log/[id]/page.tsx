import { LogPage } from "#components/log/log-page.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { page } from "#lib/guard/page.tsx";
import { getProof } from "#lib/log/proof.ts";
import { getEntry } from "#lib/log/service.ts";
import { loadShell } from "../../load-shell.ts";
import { loadDecision } from "../load-decision.ts";
import { loadLog } from "../load-log.ts";
import { LogQuery } from "../query.ts";

export default page({
  permission: "log.view",
  query: LogQuery,
  handler: async ({ scope, session, params: { id = "" }, query }) => {
    const entry = await getEntry(scope, id);
    const [proof, decision, log, shell] = await Promise.all([
      getProof(scope, id),
      loadDecision(scope, entry),
      loadLog(scope, query),
      loadShell(scope, session),
    ]);
    return (
      <Shell data={shell} current="log" rail>
        <LogPage {...log} entry={{ entry, proof, decision }} />
      </Shell>
    );
  },
});
