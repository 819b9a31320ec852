import { PasskeysPage } from "#components/passkeys/passkeys-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { may } from "#lib/authz/require.ts";
import { page } from "#lib/guard/page.tsx";
import { listOthersPasskeys, listOwnPasskeys, passkeyAddress } from "#lib/passkeys/service.ts";
import { loadShell } from "../../load-shell.ts";
import { ask, confirm, enrol, remove } from "./actions.ts";

export default page({
  permission: "passkey.enrol",
  handler: async ({ scope, session }) => (
    <Shell data={await loadShell(scope, session)} current="passkeys">
      <LiveRefresh />
      <PasskeysPage
        address={passkeyAddress()}
        own={await listOwnPasskeys(scope)}
        others={may(scope, "passkey.confirm", null) ? await listOthersPasskeys(scope) : null}
        actions={{ ask, enrol, confirm, remove }}
      />
    </Shell>
  ),
});
