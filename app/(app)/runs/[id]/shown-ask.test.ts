import { describe, expect, test } from "vitest";
import type { AskView } from "#lib/asks/schema.ts";
import type { GateView } from "#lib/gates/schema.ts";
import { defaultCharter } from "#lib/pilots/defaults.ts";
import { shownAsk } from "./shown-ask.ts";

const usual = defaultCharter("rep_0123456789abcdefghjkmn", "main", "2030-12-31");
const charter = { ...usual, controls: { ...usual.controls, askMode: "unlisted" as const } };
const ask: AskView = {
  ...{ id: "ask_1", attempt: 2, number: 3, item: null, what: "command", title: "npm publish" },
  ...{ text: '["npm","publish"]', cwd: "/work/tree", reason: "", status: "open", decidedBy: null },
  ...{ answer: null, gateId: "gat_1", parkedAt: null, settledAt: null },
  ...{ openedAt: new Date(0), dueAt: new Date(1800_000) },
};
const approval = (decision: "approve" | "deny", personName: string) => ({
  ...{
    id: "apr_1",
    personId: "per_1",
    personName,
    role: "reviewer",
    decision,
    reason: null,
    isSigned: false,
    at: new Date(0),
  },
});
const gate = { id: "gat_1", approvals: [] as ReturnType<typeof approval>[] } as unknown as GateView;

describe("an ask as pages show it", () => {
  test("says what of the charter made it ask, and until when an answer is waited for", () => {
    expect(shownAsk(ask, gate, charter)).toMatchObject({
      ...{ attempt: 2, ask: 3, settled: null, parked: false, until: ask.dueAt },
      rule: "“npm” is on no list of the charter, and does more than read",
      unattended: "deny_and_continue",
    });
    const network = { ...ask, what: "network", text: "https://example.com" } as const;
    expect(shownAsk(network, gate, charter).rule).toBe("the charter gives it no way out");
  });

  test("that the charter would not have asked about says that the program itself did", () => {
    const quiet = { ...ask, text: '["cat","README.md"]' };
    expect(shownAsk(quiet, gate, charter).rule).toContain("the agent's program wanted to be sure");
  });

  test("that a person decided names them; that nobody answered names nobody", () => {
    const signed = { ...gate, approvals: [approval("deny", "Sam Noor")] };
    const declined = { ...ask, status: "declined", decidedBy: "person", answer: "Not from here." } as const;
    expect(shownAsk(declined, signed, charter).settled).toEqual({
      ...{ decision: "declined", by: "person", name: "Sam Noor", answer: "Not from here." },
    });
    const unanswered = { ...declined, decidedBy: "unattended", answer: null } as const;
    expect(shownAsk(unanswered, gate, charter).settled).toEqual({
      ...{ decision: "declined", by: "unattended", name: null, answer: "" },
    });
  });

  test("that waits without a runner says that it is parked", () => {
    expect(shownAsk({ ...ask, parkedAt: new Date(0) }, gate, charter).parked).toBe(true);
  });
});
