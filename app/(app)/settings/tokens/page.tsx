import { Shell } from "#components/shell/shell.tsx";
import { TokensPage } from "#components/tokens/tokens-page.tsx";
import { listAccounts, listOwners } from "#lib/api-tokens/accounts.ts";
import { listTokens } from "#lib/api-tokens/service.ts";
import { may } from "#lib/authz/require.ts";
import { page } from "#lib/guard/page.tsx";
import { listPilots } from "#lib/pilots/service.ts";
import { actorId } from "#lib/scope.ts";
import { loadShell } from "../../load-shell.ts";
import { addAccount, giveAccount, make, revoke } from "./actions.ts";

export default page({
  permission: "token.make",
  handler: async ({ scope, session }) => {
    const accounts = await listAccounts(scope);
    const me = actorId(scope.actor);
    const live = accounts.filter(({ disabledAt, ownerId }) => disabledAt === null && ownerId === me);
    const owners = live.map(({ id, name }) => ({ value: id, title: `${name} (service account)` }));
    const pilots = (await listPilots(scope)).map(({ id, name }) => ({ value: id, title: name }));
    const mayMakeAccounts = may(scope, "account.make", null);
    const people = mayMakeAccounts ? await listOwners(scope) : [];
    return (
      <Shell data={await loadShell(scope, session)} current="tokens">
        <TokensPage
          tokens={await listTokens(scope)}
          accounts={accounts}
          make={{
            action: make,
            owners: [{ value: "", title: "You" }, ...owners],
            pilots: [{ value: "", title: "Every pilot it may see" }, ...pilots],
          }}
          revoke={revoke}
          account={
            mayMakeAccounts
              ? {
                  action: addAccount,
                  give: giveAccount,
                  people: people.map(({ id, name }) => ({ value: id, title: name })),
                }
              : null
          }
        />
      </Shell>
    );
  },
});
