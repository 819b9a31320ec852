import { ProviderPage } from "#components/providers/provider-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { may } from "#lib/authz/require.ts";
import { page } from "#lib/guard/page.tsx";
import { listPrices } from "#lib/prices/service.ts";
import { listFigures } from "#lib/providers/figures.ts";
import { getProvider } from "#lib/providers/service.ts";
import { loadShell } from "../../load-shell.ts";
import { disable, keep, price, retire, tryOut } from "../actions.ts";

export default page({
  permission: "provider.view",
  handler: async ({ scope, session, params: { id = "" } }) => {
    const provider = await getProvider(scope, id);
    const crumbs = [
      { title: "Providers", href: "/providers" },
      { title: provider.name, href: `/providers/${id}` },
    ];
    const manages = may(scope, "provider.manage", null);
    return (
      <Shell data={await loadShell(scope, session)} current="providers" crumbs={crumbs}>
        <LiveRefresh />
        <ProviderPage
          provider={provider}
          prices={await listPrices(scope, id)}
          figures={await listFigures(scope, id)}
          manage={manages ? { setKey: keep, retire, tryKey: tryOut, disable } : null}
          setPrice={may(scope, "price.set", null) ? price : null}
        />
      </Shell>
    );
  },
});
