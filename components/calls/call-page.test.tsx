import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { CallTrace, CallView } from "#lib/traces/schema.ts";
import { CallPage } from "./call-page.tsx";
import { CallsPage } from "./calls-page.tsx";

const call = (more: Partial<CallView> = {}): CallView => ({
  ...{ id: "mcl_1", runId: "run_1", attempt: 1, agentId: "agt_1", providerName: "Ours", api: "responses" },
  ...{ requestedModel: "gpt-a", returnedModel: "gpt-a-2030", state: "done", status: 200 },
  ...{ openedAt: new Date(1000), firstByteAt: new Date(1200), firstTokenAt: new Date(1650) },
  settledAt: new Date(3200),
  ...{ reservedMicros: 90_000, chargedMicros: 1500, input: 1200, cached: 1000, cacheWrite: 0, output: 80 },
  ...{ reasoning: 20, flags: [], retries: 0 },
  ...more,
});
const trace = (more: Partial<CallTrace> = {}): CallTrace => ({
  call: call(),
  head: { role: "head", bytes: 10, text: '{"model":"gpt-a"}', cut: 0 },
  items: [{ role: "user", bytes: 12, text: "Repair it.", cut: 0 }],
  response: {
    bytes: 400,
    resolution: "chunk",
    pieces: [
      { channel: "reasoning", part: "0", ms: 200, text: "Think." },
      { channel: "answer", part: "1", ms: 900, text: "Done." },
    ],
  },
  isTakenAway: false,
  ...more,
});
const rendered = (more: Partial<CallTrace> = {}) => renderToStaticMarkup(<CallPage trace={trace(more)} />);

describe("the page of a call", () => {
  test("opens at the end of the answer, so that nothing has to be played to be read", () => {
    const page = rendered();
    expect(page).toContain("Think.");
    expect(page).toContain("Done.");
    expect(page).toContain("900 ms");
    expect(page).toContain("a piece is not a token");
  });

  test("names the model that was asked for and the one that answered", () => {
    const page = rendered();
    expect(page).toContain("gpt-a-2030");
    expect(page).toContain("1,200, 1,000 cached");
    expect(page).toContain("40.0 tokens/s");
  });

  test("tells the first byte from the first token, and says where that was not noted", () => {
    expect(rendered()).toMatch(/First byte<.*?>200 ms<.*?First token<.*?>650 ms</);
    expect(rendered({ call: call({ firstTokenAt: null }) })).toMatch(/First token<.*?>not noted</);
  });

  test("says what makes the figures uncertain", () => {
    const page = rendered({
      call: call({ flags: ["usage_missing", "estimated"], input: null, output: null }),
    });
    expect(page).toContain("The provider did not say how many tokens it used");
    expect(page).toContain("not said");
  });

  test("has nothing to play where the answer came at once", () => {
    const response = { bytes: 5, resolution: "none" as const, pieces: [] };
    expect(rendered({ response })).not.toContain("Moment of the answer");
    expect(rendered({ response })).toContain("It came at once");
  });

  test("shows where the model was least sure, where the provider says so", () => {
    const token = (text: string, chance: number, ms: number) => ({
      ...{ channel: "answer" as const, part: "0", ms, text, logprob: Math.log(chance) },
    });
    const pieces = [token("Take ", 0.9, 1), token("left", 0.123, 2), token(" now", 0.4, 3)];
    const page = rendered({ response: { bytes: 9, resolution: "token", pieces } });
    expect(page).toContain("Kept token by token: 3 tokens");
    expect(page).toContain("Moment of the answer");
    const cells = [...page.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(([, cell = ""]) =>
      cell.replace(/<[^>]*>/g, ""),
    );
    expect(cells).toEqual(["12 %", "Take left now", "2 ms", "40 %", "Take left now", "3 ms"]);
    const atOnce = pieces.map((piece) => ({ ...piece, ms: 7 }));
    const still = rendered({ response: { bytes: 9, resolution: "token", pieces: atOnce } });
    expect(still).toContain("Least likely tokens");
    expect(still).not.toContain("Moment of the answer");
  });

  test("says what was taken away, and shows none of it", () => {
    const gone = { role: "user", bytes: 12, text: null, cut: 0 };
    const page = rendered({ items: [gone], response: null, isTakenAway: true });
    expect(page).toContain("its commitment stays in the log");
    expect(page).toContain("taken away by a redaction");
  });

  test("an open call says what it may cost at most", () => {
    const open = call({ state: "open", chargedMicros: null, firstByteAt: null, settledAt: null });
    const page = rendered({ call: open, response: null });
    expect(page).toContain("at most $0.0900");
    expect(page).toContain("It is on its way");
  });

  test("probe: an answer that would hide something, or be markup, is text", () => {
    const pieces = [{ channel: "answer" as const, part: "0", ms: 1, text: "<script>\u202Ex" }];
    const page = rendered({ response: { bytes: 9, resolution: "chunk", pieces } });
    expect(page).toContain("&lt;script&gt;");
    expect(page).not.toContain("\u202E");
  });
});

describe("the calls of a run", () => {
  const run = { id: "run_1", title: "Repair" };
  const spend = {
    ...{ key: "gpt-a", label: "gpt-a", calls: 2, openCalls: 0, failedCalls: 0, chargedMicros: 3000 },
    ...{ reservedMicros: 0, input: 1, cached: 0, output: 1, estimatedCalls: 1 },
  };

  test("lead to each, with what it cost or may cost", () => {
    const calls = [call(), call({ id: "mcl_2", state: "open", chargedMicros: null })];
    const page = renderToStaticMarkup(<CallsPage run={run} calls={calls} spend={[spend]} next={null} />);
    expect(page).toContain('href="/runs/run_1/calls/mcl_2"');
    expect(page).toContain("≤ $0.0900");
    expect(page).toContain("1 call of it estimated");
  });

  test("of a run without any say when one will stand there", () => {
    const page = renderToStaticMarkup(<CallsPage run={run} calls={[]} spend={[]} next={null} />);
    expect(page).toContain("before a byte of it leaves");
    expect(page).not.toContain("Spent");
  });
});
