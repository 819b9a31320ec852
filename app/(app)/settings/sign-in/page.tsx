import { z } from "zod";
import { Shell } from "#components/shell/shell.tsx";
import { SignInSettings } from "#components/sign-in/settings-page.tsx";
import { hasPassword } from "#lib/auth/change-password.ts";
import { MIN_PASSWORD } from "#lib/auth/rules.ts";
import { may } from "#lib/authz/require.ts";
import { page } from "#lib/guard/page.tsx";
import { getOwnTotp, listOthersTotp, offerTotp } from "#lib/totp/service.ts";
import { loadShell } from "../../load-shell.ts";
import { change, confirm, remove, take } from "./actions.ts";

export const metadata = { title: "Your sign-in" };

export default page({
  permission: "signed_in",
  query: z.object({ set_up: z.string().optional().catch(undefined) }),
  handler: async ({ scope, session, query }) => {
    if (!session) throw new Error("a page with a shell needs a signed-in person");
    const { email } = session.person;
    const totp = await getOwnTotp(scope);
    return (
      <Shell data={await loadShell(scope, session)} current="sign_in">
        <SignInSettings
          totp={totp}
          offer={!totp && query.set_up === "codes" ? offerTotp(scope, email) : null}
          mustEnrol={session.mustEnrol}
          confirm={confirm}
          remove={remove}
          changePassword={(await hasPassword(scope, email)) ? change : null}
          minLength={MIN_PASSWORD}
          others={may(scope, "person.manage", null) ? { holders: await listOthersTotp(scope), take } : null}
        />
      </Shell>
    );
  },
});
