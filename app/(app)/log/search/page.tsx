import { z } from "zod";
import { SearchPage } from "#components/log/search-page.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { page } from "#lib/guard/page.tsx";
import { listPilots } from "#lib/pilots/service.ts";
import { loadShell } from "../../load-shell.ts";
import { search } from "./actions.ts";

export default page({
  permission: "log.search",
  query: z.object({ run: z.string().max(100).optional().catch(undefined) }),
  handler: async ({ scope, session, query }) => (
    <Shell
      data={await loadShell(scope, session)}
      current="log"
      crumbs={[
        { title: "Log", href: "/log" },
        { title: "Search", href: "/log/search" },
      ]}
    >
      <SearchPage search={search} pilots={await listPilots(scope)} runId={query.run ?? ""} />
    </Shell>
  ),
});
