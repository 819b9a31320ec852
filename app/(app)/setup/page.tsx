import { SetupPage } from "#components/home/setup-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { page } from "#lib/guard/page.tsx";
import { loadShell } from "../load-shell.ts";
import { setupSteps } from "./steps.ts";

export default page({
  permission: "pilot.view",
  handler: async ({ scope, session }) => (
    <Shell data={await loadShell(scope, session)} current="setup">
      <LiveRefresh />
      <SetupPage steps={await setupSteps(scope)} />
    </Shell>
  ),
});
