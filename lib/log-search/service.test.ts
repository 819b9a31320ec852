import { beforeAll, describe, expect, test } from "vitest";
import { ensureRecipeAgent } from "../agents/service.ts";
import { transaction } from "../db.ts";
import { appendEvents } from "../events/service.ts";
import type { NewEvent } from "../protocol/events.ts";
import { sha256Hex } from "../protocol/signing.ts";
import { activePilot, charterFor, readyRepository } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { entriesAbout, launch, openBase } from "../testing/journey.ts";
import { indexedLog } from "../testing/log-index.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { SearchLog } from "./schema.ts";
import { searchLog } from "./service.ts";

const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const auditor = testScope({ roles: ["auditor"], clock });
// In parts, so that no scanner takes this file for a leak.
const TOKEN = ["ghp", "wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx"].join("_");
const runs: string[] = [];
const pilots: string[] = [];

async function append(runId: string, events: readonly NewEvent[]): Promise<void> {
  const at = new Date(clock.now()).toISOString();
  await transaction(seed, (tx) =>
    appendEvents(tx, {
      ...{ runId, attempt: 1, observedBy: "runner" },
      events: events.map((event) => ({ at, event })),
    }),
  );
}

const say = (runId: string, ...texts: string[]) =>
  append(
    runId,
    texts.map((text) => ({ kind: "note", body: { text } })),
  );

const printed = (command: number, text: string, stream: "stdout" | "stderr" = "stdout"): NewEvent => ({
  kind: "command_output",
  body: { command, stream, text },
});

beforeAll(async () => {
  const { agentId } = await ensureRecipeAgent(seed);
  for (const letter of ["a", "b"]) {
    const repositoryId = await readyRepository(seed, letter);
    await openBase(database, repositoryId, letter);
    const pilotId = await activePilot(seed, charterFor(seed, repositoryId));
    clock.advance(10);
    pilots.push(pilotId);
    runs.push(await launch(seed, pilotId, agentId));
  }
  const [first = "", second = ""] = runs;
  await say(first, "Posting the legs of a ledger", "git push origin main", `export TOKEN=${TOKEN} # deploy`);
  await say(second, "posting again", "push git backwards", "<script>alert(1)</script> & <b>bold</b>");
  await say(second, ...Array.from({ length: 60 }, (_, n) => `manifold ${n}`));
  await append(second, [
    printed(7, `halved ${TOKEN.slice(0, 20)}`),
    printed(7, "another stream between", "stderr"),
    printed(8, "another command between"),
    printed(7, `${TOKEN.slice(20)} remainder`),
    printed(9, `ended ${TOKEN}`),
    printed(9, "\n"),
    printed(9, "newline"),
    { kind: "item_delta", body: { item: 1, text: `whispered ${TOKEN.slice(0, 20)}` } },
    { kind: "item_delta", body: { item: 2, text: "one more item between" } },
    { kind: "item_delta", body: { item: 1, text: `${TOKEN.slice(20)} afterwards` } },
    {
      kind: "prompt_sent",
      body: { turn: 1, origin: "goal", text: `instructed ${TOKEN.slice(0, 9)}`, part: 1 },
    },
    { kind: "prompt_sent", body: { turn: 1, origin: "goal", text: `${TOKEN.slice(9)} thoroughly`, part: 2 } },
    {
      kind: "command_started",
      body: {
        ...{ command: 10, tree: "base", purpose: "p" },
        // The index keeps the first 16,384 characters of the joined arguments, and the token is cut by that.
        argv: [
          "overlong",
          ...Array.from({ length: 8 }, () => "x".repeat(2000)),
          "x".repeat(300),
          "y".repeat(44),
          TOKEN,
        ],
      },
    },
  ]);
  await indexedLog(database);
});

const found = async (text: string, more: Partial<SearchLog> = {}, scope = auditor) =>
  (await searchLog(scope, { text, ...more })).results.map(({ pieces }) =>
    pieces.map((piece) => (piece.isFound ? `[${piece.text}]` : piece.text)).join(""),
  );

describe("a search", () => {
  test("finds words, beginnings and exact phrases, newest run first, and marks them", async () => {
    expect(await found("posting")).toEqual(["[posting] again", "[Posting] the legs of a ledger"]);
    expect(await found("POST* led*")).toEqual(["[Posting] the legs of a [ledger]"]);
    expect(await found('"git push"')).toEqual(["[git] [push] origin main"]);
    expect(await found("push git")).toEqual(["[push] [git] backwards", "[git] [push] origin main"]);
    expect(await found("nothing of the kind")).toEqual([]);
  });

  test("leads to the run, the event and the entry that binds it", async () => {
    const { results } = await searchLog(auditor, { text: '"git push"' });
    const { rows } = await database.owner.query("select kind, about from log_entry where id = $1", [
      results[0]?.entryId,
    ]);
    expect(rows).toEqual([{ kind: "run.events_appended", about: [`run:${runs[0]}`] }]);
    expect(results[0]).toMatchObject({ runId: runs[0], runTitle: "Repair main", field: "prompt" });
  });

  test("is narrowed to a field, a pilot or a run", async () => {
    expect(await found("posting", { runId: runs[0] })).toHaveLength(1);
    expect(await found("posting", { pilotId: pilots[1] })).toEqual(["[posting] again"]);
    expect(await found("posting", { field: "command" })).toEqual([]);
  });

  test("is read page by page, nothing twice and nothing left out", async () => {
    const seen: number[] = [];
    let after: string | undefined;
    do {
      const page = await searchLog(auditor, { text: "manifold", ...(after ? { after } : {}) });
      seen.push(...page.results.map(({ seq }) => seq));
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect(seen).toHaveLength(60);
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => b - a));
  });
});

describe("who searched", () => {
  test("is in the log by digest and number, never by what was looked for", async () => {
    await found("posting ledger");
    const entry = (await entriesAbout(database, "log:search")).at(-1);
    expect(entry).toEqual({
      kind: "log.searched",
      detail: {
        query_sha256: sha256Hex(Buffer.from("posting ledger")),
        filters_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        results: 1,
      },
    });
  });

  test("was allowed to, and saw their pilots alone", async () => {
    const guest = testScope({ roles: [["auditor", pilots[1] ?? ""]], clock });
    expect(await found("posting", {}, guest)).toEqual(["[posting] again"]);
    expect(await found("posting", { pilotId: pilots[0] ?? "" }, guest)).toEqual([]);
    for (const role of ["administrator", "engineering_lead", "reviewer", "viewer"] as const) {
      const before = (await entriesAbout(database, "log:search")).length;
      await expect(found("posting", {}, testScope({ roles: [role], clock }))).rejects.toMatchObject({
        code: "forbidden",
      });
      expect(await entriesAbout(database, "log:search")).toHaveLength(before);
    }
  });
});

describe("probe: what is shown", () => {
  test("holds no secret", async () => {
    expect(await found("deploy")).toEqual(["export TOKEN=[secret: github] # [deploy]"]);
    for (const shown of await found("ghp*")) expect(shown).not.toContain(TOKEN.slice(4));
  });

  test("holds no half of a secret that two chunks of one output share", async () => {
    expect(await found("halved")).toEqual(["[halved] [secret: github]"]);
    expect(await found("remainder")).toEqual(["[secret: github] [remainder]"]);
    expect(await found("whispered")).toEqual(["[whispered] [secret: github]"]);
    expect(await found("afterwards")).toEqual(["[secret: github] [afterwards]"]);
    expect(await found("instructed", { field: "prompt" })).toEqual(["[instructed] [secret: github]"]);
    expect(await found("thoroughly")).toEqual(["[secret: github] [thoroughly]"]);
    expect(await found("another between")).toEqual([
      "[another] command [between]",
      "[another] stream [between]",
    ]);
    expect(await found("newline")).toEqual(["[newline]"]);
    expect(await found("ended")).toEqual(["[ended] [secret: github]"]);
  });

  test("holds no half of a secret that the end of the kept text cuts", async () => {
    const { rows } = await database.owner.query(
      "select right(text, 12) as tail from event_text where field = 'command' and text like 'overlong %'",
    );
    expect(TOKEN).toContain(rows[0]?.tail.trim());
    const shown = await found("y".repeat(44));
    expect(shown).toHaveLength(1);
    expect(shown[0]).toContain("y] [secret: github]");
  });

  test("is text, whatever it looks like", async () => {
    expect(await found("alert")).toEqual(["<script>[alert](1)</script> & <b>bold</b>"]);
  });

  test.each(["' or 1=1 --", "ab:* | cd", "'a' <-> 'b'", "\\' x", "a & !b"])(
    "answers %s as words like any others",
    async (query) => {
      expect(await found(query)).toEqual([]);
    },
  );

  test("a cursor of the caller's making is refused at the door", () => {
    for (const after of ["", "run_1", "run_1.1.x y", "pil_1.1.output", `run_1.${"9".repeat(20)}.output`])
      expect(SearchLog.safeParse({ text: "x", after }).success).toBe(false);
  });
});
