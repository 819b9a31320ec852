import { describe, expect, test } from "vitest";
import { verifyBundle } from "./bundle.ts";
import type { Entry } from "./members.ts";
import { parsePolicy } from "./policy.ts";
import { createFindings, textOf } from "./report.ts";
import { createRequests } from "./requests.ts";
import { bundleLines, fileOf, type Json, type Leaf, sha256, streamed } from "./testing/build.ts";
import { blob, entry, person, scene, witnessed } from "./testing/scene.ts";

const gateway = { kind: "system", name: "gateway" };
const piece = (text: string) => blob("item", Buffer.from(text), 4);
type Piece = ReturnType<typeof piece>;
const pieces = (...texts: string[]) => texts.map(piece);
const [head, one, two] = ["the head", "piece one", "piece two"].map(piece) as [Piece, Piece, Piece];

const elsewhere = ({ commitment }: Piece): Json => ({
  ...{ type: "blob", name: "item", commitment, elsewhere: true },
});
const gone = ({ commitment }: Piece): Json => ({
  ...{ type: "blob", name: "item", commitment, redacted: true },
});
const shown = (...of: readonly Piece[]): Json[] => of.flatMap(({ lines }) => lines);

const detailOf = (of: readonly Piece[]) => ({
  ...{ call: "cal_1", attempt: 1, items: of.length - 1 },
  request: sha256(Buffer.from(of.map(({ commitment }) => commitment).join(""), "hex")).toString("hex"),
});
/** A call that asked for those pieces, and the lines that follow its entry. */
const called = (of: readonly Piece[], attached: readonly Json[], run = "run:run_1", more = {}): Leaf => ({
  body: entry("model.called", [run], gateway, { ...detailOf(of), ...more }),
  attached,
});
const redacted = (blobs: number, run = "run:run_1"): Leaf => ({
  body: entry("payload.redacted", ["redaction:red_1", run], person("per_a"), {
    ...{ events: 0, blobs, reached: ["events", "search"] },
  }),
});

async function verify(leaves: readonly Leaf[], blobs = true): Promise<[code: number, text: string]> {
  const file = fileOf(bundleLines(scene({ leaves, blobs })));
  const report = await verifyBundle(streamed(file), parsePolicy(witnessed));
  return [report.code, textOf(report)];
}
const codeOf = async (leaves: readonly Leaf[]) => (await verify(leaves))[0];
const SHOWN_NOWHERE = "are said to be shown before, and this file does not show them";

const first = called([head, one], shown(head, one));
const again = [head, one, two];

describe("what a model was asked", () => {
  test("is shown once; later calls of the run, and the same one, name what was shown", async () => {
    const second = called(again, [elsewhere(head), elsewhere(one), ...shown(two)]);
    const twice = called([head, two, one, two], [head, two, one, two].map(elsewhere));
    const within = called(pieces("a", "b", "a"), [...shown(...pieces("a", "b")), elsewhere(piece("a"))]);
    expect(await codeOf([first, second, twice, within])).toBe(0);
  });

  test("has a head even where it has no item", async () => {
    expect(await codeOf([called([head], shown(head))])).toBe(0);
    expect(await codeOf([called([head], shown(head), "run:run_1", { items: 0 })])).toBe(0);
  });

  test("probe: a file meant to hold payloads cannot name everything and show nothing", async () => {
    const [code, text] = await verify([called(again, again.map(elsewhere))]);
    expect([code, text]).toEqual([
      3,
      expect.stringContaining(`entry 0: 3 pieces of the request ${SHOWN_NOWHERE}`),
    ]);
  });

  test("is a note in a file that was made without payloads", async () => {
    const [code, text] = await verify([called(again, again.map(elsewhere))], false);
    expect([code, text]).toEqual([0, expect.stringContaining(SHOWN_NOWHERE)]);
    expect((await verify([called(again, [])], false))[0]).toBe(0);
  });

  test.each<[string, Leaf[]]>([
    ["later", [called([head, one], [elsewhere(head), ...shown(one)]), called([head], shown(head))]],
    ["later after the same entry", [called(pieces("a", "a"), [elsewhere(piece("a")), ...shown(piece("a"))])]],
    ["in another run", [first, called([head], [elsewhere(head)], "run:run_2")]],
    ["in a call that is left out", [{ ...first, isHidden: true }, called([head], [elsewhere(head)])]],
    ["nowhere, but for the rest", [first, called(again, again.map(elsewhere))]],
  ])("probe: a piece that is shown %s is not shown before", async (_, leaves) => {
    expect(await verify(leaves)).toEqual([
      3,
      expect.stringContaining(`1 pieces of the request ${SHOWN_NOWHERE}`),
    ]);
  });

  test("probe: a redaction of as many does not stand for pieces that are only named, or for a request", async () => {
    expect(await codeOf([called(again, again.map(elsewhere)), redacted(3)])).toBe(3);
    expect(await codeOf([called(again, []), redacted(4)])).toBe(3);
  });

  test("probe: where the place of its first showing says redacted, an entry has to say so of each once", async () => {
    const leaves = [called([head, one], [gone(head), gone(one)]), called([head], [elsewhere(head)])];
    expect(await codeOf([...leaves, redacted(2)])).toBe(0);
    expect(await codeOf([...leaves, redacted(1)])).toBe(1);
    expect(await codeOf([...leaves, redacted(2, "run:run_2")])).toBe(3);
  });

  test.each<[string, Leaf, number]>([
    ["in another order", called([head, one], shown(one, head)), 1],
    ["one fewer", called([head, one], shown(head)), 1],
    ["one more", called([head, one], shown(head, one, two)), 1],
    ["one named twice", called([head, one], [...shown(head, one), elsewhere(one)]), 1],
    ["another", called([head, one], shown(head, two)), 1],
    ["with other bytes", called([head], [{ ...(head.lines[0] as object), last: true, base64: "AAAA" }]), 1],
    ["not to their end", called([head], head.lines.slice(0, 1)), 1],
    ["and the entry counts others", called([head, one], shown(head, one), "run:run_1", { items: 2 }), 1],
    ["and the entry counts by a text", called([head], shown(head), "run:run_1", { items: "none" }), 1],
    ["not at all", called([head, one], []), 3],
    ["with bytes and elsewhere", called([head], [{ ...(head.lines[0] as object), elsewhere: true }]), 2],
    ["elsewhere: false", called([head], [{ ...(elsewhere(head) as object), elsewhere: false }]), 2],
  ])("probe: pieces that follow %s do not pass", async (_, leaf, code) => {
    expect(await codeOf([leaf])).toBe(code);
  });

  test("probe: a piece of one request is none of the next, and none of an entry that asks nothing", async () => {
    expect(await codeOf([called([head, one], shown(head)), called([two], shown(one, two))])).toBe(1);
    const answered = entry("model.answered", ["run:run_1"], gateway, { response: head.commitment });
    expect(await codeOf([{ body: answered, attached: shown(head) }])).toBe(1);
  });
});

describe("what an agent was told and what came back", () => {
  const cases = [
    ["task", "run.launched"],
    ["response", "model.answered"],
  ] as const;

  test.each(cases)("the %s follows %s, whole or as redacted", async (name, kind) => {
    const { commitment, lines } = blob(name, Buffer.from("as it was said"), 4);
    const body = entry(kind, ["run:run_1"], gateway, { [name]: commitment });
    expect(await codeOf([{ body, attached: lines }])).toBe(0);
    const mark = { type: "blob", name, commitment, redacted: true };
    expect(await codeOf([{ body, attached: [mark] }, redacted(1)])).toBe(0);
    expect(await codeOf([{ body, attached: [mark] }])).toBe(3);
    expect(await codeOf([{ body: entry(kind, ["run:run_1"], gateway, { [name]: null }) }])).toBe(0);
  });

  test.each(cases)(
    "probe: a %s that does not follow %s is missed, and no other stands for it",
    async (name, kind) => {
      const said = blob(name, Buffer.from("as it was said"), 4);
      const other = blob(name, Buffer.from("another"), 4);
      const { commitment } = said;
      const body = entry(kind, ["run:run_1"], gateway, { [name]: commitment });
      expect(await codeOf([{ body }])).toBe(3);
      expect((await verify([{ body }], false))[0]).toBe(0);
      expect(await codeOf([{ body, attached: other.lines }])).toBe(1);
      expect(await codeOf([{ body, attached: [{ type: "blob", name, commitment, elsewhere: true }] }])).toBe(
        1,
      );
      const misnamed = said.lines.map((line) => ({ ...(line as object), name: "item" }));
      expect(await codeOf([{ body, attached: misnamed }])).toBe(1);
    },
  );
});

describe("what is remembered of pieces shown", () => {
  const commitments = Array.from({ length: 6 }, (_, at) => sha256(`${at}`).toString("hex"));
  const of = (run: string): Entry => ({
    ...{ index: 0, v: 2, kind: "model.called", about: [run], actor: gateway, detail: {} },
    ...{ charter: null, before: null, after: null },
  });
  /** Which pieces of a run are said to be missing when all are named again. */
  function missed(requests: ReturnType<typeof createRequests>, findings: ReturnType<typeof createFindings>) {
    return (run: string): string => {
      for (const each of commitments) requests.add(of(run), each, true);
      requests.close(of(run));
      return findings.report(null).findings.at(-1)?.says.slice(0, 1) ?? "";
    };
  }

  test("probe: is bounded, and what was forgotten counts as not shown", () => {
    const findings = createFindings();
    const requests = createRequests(findings, true, 4);
    const missing = missed(requests, findings);
    const show = (run: string, count: number) => {
      for (const each of commitments.slice(0, count)) requests.add(of(run), each, false);
      requests.close(of(run));
    };
    show("run:run_1", 2);
    show("run:run_2", 2);
    expect([missing("run:run_1"), missing("run:run_2")]).toEqual(["4", "4"]);
    show("run:run_3", 1); // the run that was quiet for longest goes
    expect(["run:run_1", "run:run_2", "run:run_3"].map(missing)).toEqual(["6", "4", "5"]);
    show("run:run_4", 6); // one run alone has no more than all
    expect(["run:run_2", "run:run_3", "run:run_4"].map(missing)).toEqual(["6", "6", "2"]);
  });
});
