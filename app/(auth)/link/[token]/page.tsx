import { SetPassword, SpentLink } from "#components/sign-in/set-password.tsx";
import { peekLink } from "#lib/auth/links.ts";
import { MIN_PASSWORD } from "#lib/auth/rules.ts";
import { page } from "#lib/guard/page.tsx";
import { setPassword } from "../../actions.ts";

export const metadata = { title: "Set your password" };

/** Looking uses nothing up: mail scanners and previews open links too. */
export default page({
  permission: "public",
  handler: async ({ scope, params }) => {
    const token = params.token ?? "";
    const link = await peekLink(scope, token);
    if (link.state !== "usable") return <SpentLink />;
    return (
      <SetPassword
        name={link.name}
        email={link.email}
        token={token}
        minLength={MIN_PASSWORD}
        action={setPassword}
      />
    );
  },
});
