import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { SessionsPage, type SessionView } from "./sessions-page.tsx";

const at = new Date("2026-11-23T08:00:00Z");
const session = (more: Partial<SessionView>): SessionView => ({
  ...{ id: "ses_1", personName: "Ada", method: "password", address: "192.0.2.1", userAgent: "curl/8" },
  ...{ createdAt: at, lastSeenAt: at, isThis: false },
  ...more,
});
const action = async () => ({});
const shown = (own: SessionView[], others: SessionView[] | null) =>
  renderToStaticMarkup(
    <SessionsPage own={own} others={others} idle="1 hour" revoke={action} revokeOthers={action} />,
  );

describe("the page of sessions", () => {
  test("ends every session but the one that looks, and all others at once", () => {
    const html = shown([session({ isThis: true }), session({ id: "ses_2", method: "sso" })], null);
    expect(html.match(/name="sessionId"/g)).toHaveLength(1);
    expect(html).toContain('value="ses_2"');
    expect(html).toContain("this one");
    expect(html).toContain("End all others");
    expect(html).toContain("by single sign-on");
    expect(html).not.toContain("Other people");
  });

  test("offers nothing to end where there is only this one, and says how long it may idle", () => {
    const html = shown([session({ isThis: true })], []);
    expect(html).not.toContain("End all others");
    expect(html).toContain("after 1 hour without use");
    expect(html).toContain("Nobody else is signed in");
  });

  test("probe: what a browser calls itself is never markup, nor shown at all", () => {
    const html = shown([session({ userAgent: "<script>alert(1)</script> Firefox/1" })], null);
    expect(html).not.toContain("alert(1)");
    expect(html).toContain("Firefox");
  });
});
