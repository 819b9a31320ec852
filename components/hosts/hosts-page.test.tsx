import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { HostRow } from "#lib/hosts/schema.ts";
import { HostsPage } from "./hosts-page.tsx";

const row = (changes: Partial<HostRow>): HostRow => ({
  ...{ way: "setup", host: "a.example", port: 443, verdict: "allowed", rule: "*.example" },
  ...{ up: 2048, down: 10, atLeast: false, times: 1, first: new Date(0), last: new Date(0) },
  ...changes,
});
const shown = (hosts: readonly HostRow[]) =>
  renderToStaticMarkup(<HostsPage pilotId="pil_1" pilotName="Tally" hosts={hosts} />);

describe("the page of hosts", () => {
  test("says who reached what, by which rule, and how much", () => {
    const page = shown([
      row({}),
      row({ way: "model", host: "m.example", atLeast: true, rule: "provider M" }),
    ]);
    for (const text of [
      "a.example:443",
      "*.example",
      "2 KiB",
      "≥ 2 KiB",
      "Models, by the gateway",
      "provider M",
    ])
      expect(page).toContain(text);
    expect(page).not.toContain("Kept from");
    expect(page).toContain('href="/api/pilots/pil_1/hosts"');
    expect(shown([])).not.toContain("Download");
  });

  test("says where a repository's bytes are only the least, both ways", () => {
    const repository = row({ way: "repository", atLeast: true, up: 2048, down: 4096 });
    expect(shown([repository])).toContain("≥ 2 KiB");
    expect(shown([repository])).toContain("≥ 4 KiB");
    expect(shown([row({ way: "model", atLeast: true, down: 4096 })])).not.toContain("≥ 4 KiB");
  });

  test("says what nobody counts, and what was kept from runs", () => {
    const page = shown([
      row({
        way: "repository",
        up: null,
        down: null,
        times: null,
        last: null,
        rule: "repository: fetched from",
      }),
      row({ verdict: "denied", host: "more hosts", port: null, rule: "The charter does not list it." }),
    ]);
    for (const text of ["not counted", "not yet", "Kept from", "The charter does not list it."])
      expect(page).toContain(text);
    expect(page).not.toContain("more hosts:");
  });

  test("probe: a host with hidden characters shows them", () => {
    expect(shown([row({ verdict: "denied", host: "a\u202egnp.example" })])).not.toContain("\u202e");
  });

  test("is plain where nothing left yet", () => {
    expect(shown([])).toContain("No host yet");
  });
});
