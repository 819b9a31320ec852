import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { CallbackView, ReleaseView } from "#lib/releases/schema.ts";
import { ReleasesPage } from "./releases-page.tsx";
import { Unreviewed } from "./unreviewed.tsx";

const at = new Date("2030-01-01T00:00:00Z");
const release = (id: string, more: Partial<ReleaseView> = {}): ReleaseView => ({
  ...{ id, gateId: `gat_${id}`, commit: "a".repeat(40), artifact: "b".repeat(64), environment: "production" },
  ...{ status: "open", askedByName: "Pipeline", askedAt: at, decidedAt: null, callbacks: [] },
  ...more,
});
const act = async () => ({});
const actions = { keepCredential: act, dropCredential: act };
const told = (state: CallbackView["state"], more: Partial<CallbackView> = {}): CallbackView => ({
  ...{ id: `cbk_${state}`, releaseId: "1", host: "api.github.com", state, attempts: 2, nextAt: at },
  ...{ reason: null, doneAt: null, ...more },
});
const page = (...releases: ReleaseView[]) =>
  renderToStaticMarkup(
    <ReleasesPage
      pilotId="pil_1"
      pilotName="Atlas"
      releases={releases}
      credentials={null}
      actions={actions}
    />,
  );

describe("the page of releases", () => {
  test("leads to each decision, and says where none was asked for", () => {
    const shown = page(release("1"), release("2", { status: "approved" }));
    expect(shown).toContain("2 releases");
    expect(shown).toContain("/inbox?show=team&amp;gate=gat_1");
    expect(shown).toContain("/inbox?show=decided&amp;gate=gat_2");
    expect(page()).toContain("No release was asked for");
  });

  test("says who was told, who could not be, and where nothing is sent for want of a credential", () => {
    const waits = told("waiting", { reason: "It answered 502." });
    const shown = page(release("1", { callbacks: [told("delivered", { doneAt: at }), waits] }));
    expect(shown).toContain("was told");
    expect(shown).toContain("It answered 502.");
    expect(shown).not.toContain("no credential");
    const missing = page(release("1", { callbacks: [told("no_credential")] }), release("2"));
    expect(missing).toContain(
      "A decision waits to be told at api.github.com, and there is no credential for it.",
    );
    expect(missing).toContain("Nobody; it asks by itself");
  });

  test("lists credentials for those who set them, and nothing of what they hold", () => {
    const credentials = [
      { id: "crd_1", host: "api.github.com", kind: "github_app", setByName: "Ada", setAt: at } as const,
    ];
    const shown = renderToStaticMarkup(
      <ReleasesPage {...{ pilotId: "pil_1", pilotName: "Atlas", releases: [], credentials, actions }} />,
    );
    expect(shown).toContain("GitHub App");
    expect(page()).not.toContain("What decisions are told with");
  });

  test("probe: what a pipeline calls its environment is text", () => {
    expect(page(release("1", { environment: "<img src=x>" }))).not.toContain("<img");
  });
});

describe("what stands on a pilot's page", () => {
  const glass = { gateId: "gat_1", runId: "run_1", runTitle: "Fix <b>it</b>", byName: "Sam", at, dueAt: at };

  test("is each merge by broken glass that nobody has reviewed, and nothing where there is none", () => {
    const shown = renderToStaticMarkup(<Unreviewed glass={[glass]} />);
    expect(shown).toContain("No other lead has reviewed it so far.");
    expect(shown).toContain("/inbox?show=team&amp;gate=gat_1");
    expect(shown).not.toContain("<b>");
    expect(renderToStaticMarkup(<Unreviewed glass={[]} />)).toBe("");
  });
});
