import { renderToStaticMarkup as html } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { CauseView } from "#lib/causes/schema.ts";
import { NO_READER } from "#lib/comments/rules.ts";
import type { LinesNow, ThreadView } from "#lib/comments/schema.ts";
import { CauseNote, ChosenLines } from "./chosen-lines.tsx";
import { CommentsPanel, SendToAgent } from "./comments-panel.tsx";
import { Composer } from "./composer.tsx";
import { NO_TALK, nowInWords, type Talk } from "./talk.ts";
import { ThreadCard } from "./thread-card.tsx";

const done = async () => ({});
const talk: Talk = { ...NO_TALK, comment: done, reply: done, settle: done, send: done };
const here: LinesNow = { state: "here", path: "src/a.ts", from: 3, to: 4 };
const thread = (part: Partial<ThreadView> = {}): ThreadView => ({
  ...{ id: "thr_1", attempt: 1, patchId: "pat_1", path: "src/a.ts", side: "new", from: 3, to: 4 },
  ...{ quote: "one\ntwo", isOpen: true, resolvedByName: null, sent: 0, now: here },
  comments: [
    { id: "cmt_1", authorName: "bo", text: "Why?", replacement: null, createdAt: new Date(0) },
    { id: "cmt_2", authorName: "ada", text: "", replacement: "return 2;", createdAt: new Date(0) },
  ],
  ...part,
});
const card = (part: Partial<ThreadView> = {}, own: Partial<Talk> = {}) =>
  html(<ThreadCard runId="run_1" thread={thread(part)} talk={{ ...talk, ...own }} />);

describe("a thread", () => {
  test("shows who said what, suggested code apart, and what may be done", () => {
    const page = card();
    for (const part of [
      "lines 3 to 4",
      "bo",
      "Why?",
      "Suggested in the place",
      "return 2;",
      "Reply",
      "Settle",
    ])
      expect(page).toContain(part);
    const viewer = card({}, { reply: null, settle: null });
    expect(viewer).not.toMatch(/Reply|Settle/);
    expect(card({ isOpen: false, resolvedByName: "ada", sent: 2 })).toMatch(
      /settled by ada[\s\S]*sent to the agent 2 times[\s\S]*Open again/,
    );
  });

  test.each<[LinesNow, string | null]>([
    [here, null],
    [{ ...here, state: "same" }, "as they were."],
    [{ ...here, state: "moved" }, "stand elsewhere now"],
    [{ ...here, state: "changed" }, "were changed since"],
    [{ state: "gone" }, "are gone"],
    [{ state: "unknown", why: "The base moved." }, "not known: The base moved."],
  ])("says what became of its lines: %j", (now, words) => {
    const said = nowInWords(thread({ now }));
    if (words === null) expect(said).toBeNull();
    else expect(said).toContain(words);
    if (now.state === "gone") expect(card({ now })).toContain("one\ntwo"); // its lines stand nowhere else
  });

  test("probe: words that turn the text around, or look like a page, are shown and do nothing", () => {
    const text = "\u202E<script>alert(1)</script>\u0007";
    const page = card({
      ...{ path: text, quote: text, now: { state: "gone" } },
      comments: [{ id: "cmt_1", authorName: "bo", text, replacement: text, createdAt: new Date(0) }],
    });
    expect(page).not.toContain("<script>alert");
    expect(page).not.toContain("\u202E");
    expect(page.match(/‹U\+202E›/g)?.length).toBe(3);
  });
});

describe("the composer", () => {
  const range = { path: "src/a.ts", side: "new", from: 3, to: 3 } as const;
  const composer = (suggesting: Talk["suggesting"]) =>
    html(
      <Composer
        {...{ runId: "run_1", patchId: "pat_1", range, suggesting }}
        action={done}
        textOf={async () => null}
        onClose={() => undefined}
      />,
    );

  test("sends the lines it is about, and says that words bar nobody before anything is sent", () => {
    const page = composer({ text: "You are out after this.", serious: true });
    for (const field of [
      'name="path" value="src/a.ts"',
      'name="from" value="3"',
      'name="patchId" value="pat_1"',
    ])
      expect(page).toContain(field);
    expect(page).toContain("Words bar nobody from approving.");
    expect(page).toContain("Suggest code in the place of these lines");
    expect(page).not.toContain("You are out after this.");
  });

  test("offers no suggestion where nobody may make one", () => {
    expect(composer(null)).not.toContain("Suggest code");
  });
});

describe("what goes to the agent", () => {
  const panel = (part: Partial<Talk>) =>
    html(<SendToAgent runId="run_1" patchId="pat_1" talk={{ ...talk, threads: [thread()], ...part }} />);

  test("is offered where something is open, and says why it cannot go", () => {
    expect(panel({})).toContain("Send 1 comment to the agent…");
    expect(panel({ threads: [thread({ isOpen: false })] })).toBe("");
    expect(panel({ send: null })).toBe("");
    expect(panel({ whyNotSent: NO_READER })).toMatch(/aria-disabled="true"[^>]*title="This run/);
  });

  test("is listed, open threads first, and an empty list says how to begin one", () => {
    const threads = [thread({ id: "thr_a", isOpen: false, path: "z.ts" }), thread({ path: "b.ts" })];
    const page = html(<CommentsPanel runId="run_1" talk={{ ...talk, threads, whyNotSent: NO_READER }} />);
    expect(page.indexOf("b.ts")).toBeLessThan(page.indexOf("z.ts"));
    expect(page).toContain("calls no model");
    expect(html(<CommentsPanel runId="run_1" talk={talk} />)).toContain("Nothing was said yet");
  });
});

describe("what wrote a line", () => {
  const cause: CauseView = {
    ...{ certainty: "holds", more: 0, sentence: "The text of this one alone holds the line." },
    writers: [
      {
        ...{ attempt: 1, seq: 31, turn: 2, what: "command", title: "sed -i \u202E", others: 3 },
        prompt: { seq: 7, origin: "steer", text: "Use <b>sevens</b>." },
      },
    ],
  };
  const note = (state: Parameters<typeof CauseNote>[0]["cause"]) =>
    html(<CauseNote runId="run_1" cause={state} onClose={() => undefined} />);

  test("leads to the events, says what else they changed, and shows hostile text as text", () => {
    const page = note({ state: "known", cause });
    expect(page).toContain('href="/runs/run_1?event=31"');
    expect(page).toContain('href="/runs/run_1?event=7"');
    expect(page).toContain("which changed 3 other files too");
    expect(page).toContain("‹U+202E›");
    expect(page).not.toContain("<b>sevens");
  });

  test("is said to be looked for, or why it is not known; without the right to comment it is still asked", () => {
    expect(note({ state: "coming" })).toContain("Looking through");
    expect(note({ state: "failed", why: "Another attempt came in." })).toContain("Another attempt came in.");
    const range = { path: "a.ts", side: "old", from: 1, to: 2 } as const;
    const bar = html(
      <ChosenLines range={range} onComment={null} onCause={() => undefined} onClose={() => undefined} />,
    );
    expect(bar).toContain("What wrote this?");
    expect(bar).not.toContain("Comment");
  });
});
