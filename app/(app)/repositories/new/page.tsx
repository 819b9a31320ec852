import { AddRepositoryForm } from "#components/connected/add-repository.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { page } from "#lib/guard/page.tsx";
import { openRoots } from "#lib/repositories/roots.ts";
import { loadShell } from "../../load-shell.ts";
import { add } from "../actions.ts";

export default page({
  permission: "repository.add",
  handler: async ({ scope, session }) => (
    <Shell
      data={await loadShell(scope, session)}
      current="repositories"
      crumbs={[
        { title: "Repositories", href: "/repositories" },
        { title: "Add", href: "/repositories/new" },
      ]}
    >
      <AddRepositoryForm roots={openRoots()} action={add} />
    </Shell>
  ),
});
