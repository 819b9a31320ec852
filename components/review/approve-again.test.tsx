import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { AgainView, GateView } from "#lib/gates/schema.ts";
import { ApproveAgain } from "./approve-again.tsx";
import { WhoMayApprove } from "./who-may-approve.tsx";

const again: AgainView = {
  ...{ gateId: "gat_0", reason: "The base moved.", identical: true, isRerun: true, approvedBy: ["Bo"] },
  ...{ from: "a".repeat(40), to: "c".repeat(40) },
};
const gate = { id: "gat_1", digest: "d".repeat(64), signing: "session", cannotApprove: null } as GateView;
const shown = (view: Partial<AgainView>, of: Partial<GateView> = {}): string =>
  renderToStaticMarkup(
    <ApproveAgain again={{ ...again, ...view }} gate={{ ...gate, ...of }} decide={async () => ({})} />,
  );

describe("a gate that stands again", () => {
  test("says what is the same, who approved, and takes one click bound to the new digest", () => {
    const html = shown({});
    expect(html).toContain("Identical patch, new base (aaaaaaaaaaaa, now cccccccccccc), evidence rerun.");
    expect(html).toContain("approved by Bo; an approval does not carry over");
    expect(html).toMatch(new RegExp(`name="digest" value="${gate.digest}"`));
    expect(html).toContain("Approve again");
  });

  test("of another patch is an ordinary review; where a passkey signs there is no click without it", () => {
    const other = shown({ identical: false });
    expect(other).toContain("Not the patch of the gate before");
    expect(other).not.toContain("Approve again");
    const signed = shown({}, { signing: "passkey" });
    expect(signed).toContain("your passkey signs again");
    expect(signed).not.toContain("<button");
  });
});

test("whoever waits reads names, reasons, and in red what to do", () => {
  const html = renderToStaticMarkup(
    <WhoMayApprove
      left={{
        ...{ could: [], missing: 1, isEnough: false, remedy: "Nobody is left who may approve." },
        cannot: [{ personId: "per_1", name: "Ada", why: "launched" }],
      }}
    />,
  );
  expect(html).toContain("Ada (launched it)");
  expect(html).toMatch(/class="st bad".*Nobody is left who may approve/);
});
