import { z } from "zod";
import { FindingsPage } from "#components/findings/findings-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { RULE_IDS } from "#lib/findings/catalog.ts";
import { FindingState, Severity } from "#lib/findings/schema.ts";
import { listFindings } from "#lib/findings/service.ts";
import { page } from "#lib/guard/page.tsx";
import { listPilots } from "#lib/pilots/service.ts";
import { loadShell } from "../load-shell.ts";

const optional = <S extends z.ZodType>(shape: S) => shape.optional().catch(undefined);
const id = optional(z.string().min(1).max(100));

export default page({
  permission: "finding.view",
  query: z.object({
    state: optional(FindingState),
    severity: optional(Severity),
    pilotId: id,
    rule: optional(z.string().min(1).max(40)),
    runId: id,
    after: id,
  }),
  handler: async ({ scope, session, query: { after, ...filter } }) => {
    const { findings, next } = await listFindings(scope, { ...filter, ...(after ? { after } : {}) });
    return (
      <Shell data={await loadShell(scope, session)} current="findings">
        {after === undefined ? <LiveRefresh /> : null}
        <FindingsPage
          findings={findings}
          filter={filter}
          pilots={await listPilots(scope)}
          rules={RULE_IDS}
          after={after ?? null}
          next={next}
        />
      </Shell>
    );
  },
});
