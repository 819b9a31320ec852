import { AccessPage } from "#components/log-access/access-page.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { may } from "#lib/authz/require.ts";
import type { Permission } from "#lib/authz/rules.ts";
import { page } from "#lib/guard/page.tsx";
import { listEpochs } from "#lib/log/epochs/list-epochs.ts";
import { listExports } from "#lib/log/export.ts";
import { listAccesses } from "#lib/log-access/service.ts";
import { listPilots } from "#lib/pilots/service.ts";
import type { Scope } from "#lib/scope.ts";
import { loadShell } from "../../load-shell.ts";
import { give, start, withdraw } from "./actions.ts";

/** Everything first, where the person may have everything. */
async function choices(scope: Scope, permission: Permission) {
  const pilots = (await listPilots(scope)).filter(({ id }) => may(scope, permission, id));
  const everything = may(scope, permission, null) ? [{ value: "", title: "Everything" }] : [];
  return [...everything, ...pilots.map(({ id, name }) => ({ value: id, title: name }))];
}

export default page({
  permission: "log.export",
  handler: async ({ scope, session }) => {
    const reader = { kind: "person", personId: session?.person.id ?? "" } as const;
    const gives = await choices(scope, "log.access");
    const exportable = await choices(scope, "log.export");
    const mayRaw = (values: readonly { value: string }[]) =>
      values.some(({ value }) => may(scope, "payload.unmask", value === "" ? null : value));
    return (
      <Shell data={await loadShell(scope, session)} current="log">
        <AccessPage
          exports={await listExports(scope, reader)}
          epochs={await listEpochs(scope)}
          start={{ action: start, pilots: exportable, mayHavePayloads: mayRaw(exportable) }}
          given={
            gives.length === 0
              ? null
              : {
                  accesses: await listAccesses(scope),
                  give: { action: give, pilots: gives, mayGivePayloads: mayRaw(gives) },
                  withdraw,
                }
          }
        />
      </Shell>
    );
  },
});
