import { OwnMinutesPage } from "#components/minutes/own-minutes-page.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { page } from "#lib/guard/page.tsx";
import { getOwnMinutes } from "#lib/human-minutes/service.ts";
import { loadShell } from "../../load-shell.ts";
import { choose } from "./actions.ts";

export const metadata = { title: "Your minutes" };

export default page({
  permission: "signed_in",
  handler: async ({ scope, session }) => (
    <Shell data={await loadShell(scope, session)} current="minutes">
      <OwnMinutesPage view={await getOwnMinutes(scope)} choose={choose} />
    </Shell>
  ),
});
