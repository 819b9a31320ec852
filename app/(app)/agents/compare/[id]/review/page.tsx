import { z } from "zod";
import { BlindPage } from "#components/comparisons/blind-page.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { getBlindReview } from "#lib/comparisons/blind-review.ts";
import { page } from "#lib/guard/page.tsx";
import { maskValue } from "#lib/secrets/mask-value.ts";
import { loadShell } from "../../../../load-shell.ts";
import { judge } from "../../actions.ts";

export default page({
  permission: "gate.decide",
  query: z.object({ patch: z.string().max(20).nullable().catch(null) }),
  handler: async ({ scope, session, params: { id = "" }, query: { patch } }) => {
    const { shown, ...review } = await getBlindReview(scope, id, patch);
    const { comparison, attempts } = await maskValue(review);
    return (
      <Shell
        data={await loadShell(scope, session)}
        current="agents"
        crumbs={[
          { title: "Agents", href: "/agents" },
          { title: "Compare", href: "/agents/compare" },
          { title: comparison.title, href: `/agents/compare/${id}` },
          { title: "Judge", href: `/agents/compare/${id}/review` },
        ]}
      >
        {/* The diff's secrets are masked where it is read. */}
        <BlindPage comparison={comparison} attempts={attempts} shown={shown} judge={judge} />
      </Shell>
    );
  },
});
