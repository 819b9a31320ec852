import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { TokenView } from "#lib/api-tokens/schema.ts";
import { TokensPage, type TokensPageProps } from "./tokens-page.tsx";

const action = async () => ({});
const at = new Date("2030-01-01T00:00:00Z");
const token = (id: string, more: Partial<TokenView> = {}): TokenView => ({
  ...{ id, label: "Nightly", prefix: "pht_AbCdEfGh", personId: "per_1", personName: "Lea", isService: false },
  ...{ permissions: ["run.launch"], pilotNames: null, madeAt: at, expiresAt: at, usedAt: null },
  ...{ state: "active", mayRevoke: true },
  ...more,
});
const rendered = (props: Partial<TokensPageProps>) =>
  renderToStaticMarkup(
    <TokensPage
      tokens={[]}
      accounts={[]}
      make={{ action, owners: [{ value: "", title: "You" }], pilots: [{ value: "", title: "Every pilot" }] }}
      revoke={action}
      account={null}
      {...props}
    />,
  );

describe("the page of API tokens", () => {
  test("says where there is none, and nothing of service accounts to who makes none", () => {
    const page = rendered({});
    expect(page).toContain("No token yet");
    expect(page).not.toContain("service account…");
    expect(rendered({ account: { action, give: action, people: [] } })).toContain("No service account yet");
  });

  test("says in words what each may, when it was used and what became of it, and revokes what is left to revoke", () => {
    const page = rendered({
      tokens: [
        token("tok_1", { permissions: ["run.launch", "release.ask"], pilotNames: ["Atlas"] }),
        token("tok_2", { state: "revoked", mayRevoke: false }),
        token("tok_3", { state: "without_owner", isService: true, personName: "Pipeline" }),
      ],
    });
    expect(page).toContain("3 tokens, 1 active");
    expect(page).toContain("Launch runs · Ask for releases, and read what was decided");
    expect(page).toContain("Atlas");
    expect(page).toContain("nobody answers for it");
    expect(rendered({ tokens: [token("tok_4", { state: "refused" })] })).toContain("single sign-on again");
    expect(page).toContain("(service account)");
    expect(page.match(/name="tokenId"/g)).toHaveLength(2);
  });

  test("probe: a label is text, whatever it looks like", () => {
    expect(rendered({ tokens: [token("tok_1", { label: "<img src=x onerror=alert(1)>" })] })).not.toContain(
      "<img",
    );
  });
});
