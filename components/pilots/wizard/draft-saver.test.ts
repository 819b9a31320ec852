import { describe, expect, test, vi } from "vitest";
import type { DraftAnswer, SaveDraft } from "#lib/drafts/schema.ts";
import { createSaver, type DraftToSave, rememberedValues, type Saving } from "./draft-saver.ts";

let made = 0;

/** A form whose saves are answered when the test says so. */
function scene(more: Partial<DraftToSave> = {}) {
  made += 1;
  const sent: SaveDraft[] = [];
  const answers: ((answer: DraftAnswer) => void)[] = [];
  const told: Saving[] = [];
  const rememberInAddress = vi.fn();
  const form = {
    current: {
      ...{ id: `drf_${made}`, version: 0, pilotId: null, step: "goal", isSending: false },
      ...{ start: { "goal.statement": "" }, values: { "goal.statement": "" } },
      save: (draft: SaveDraft) => {
        sent.push(draft);
        return new Promise<DraftAnswer>((resolve) => void answers.push(resolve));
      },
      ...more,
    } as DraftToSave,
  };
  const change = (changed: Partial<DraftToSave>) => {
    form.current = { ...form.current, ...changed };
  };
  const flush = createSaver({
    ...{ newest: () => form.current, tell: (saving: Saving) => void told.push(saving) },
    ...{ rememberInAddress, now: () => 7 },
  });
  const type = (text: string) => change({ values: { "goal.statement": text } });
  const saved = (version: number): DraftAnswer => ({ ok: true, value: { version } }) as DraftAnswer;
  return { sent, answers, told, rememberInAddress, change, flush, type, saved, id: form.current.id };
}

describe("a draft that is written", () => {
  test("is not saved while it is what it began with, and once with what was typed", async () => {
    const { sent, answers, told, rememberInAddress, flush, type, saved, id } = scene();
    await flush();
    expect(sent).toEqual([]);
    type("Fewer flaky tests");
    const saving = flush();
    answers[0]?.(saved(1));
    await saving;
    expect(sent).toMatchObject([{ version: 0, values: { "goal.statement": "Fewer flaky tests" } }]);
    expect(told).toEqual([{ kind: "saving" }, { kind: "saved", at: 7 }]);
    expect(rememberInAddress).toHaveBeenCalledWith(id);
    expect(rememberedValues(id)).toEqual({ "goal.statement": "Fewer flaky tests" });
  });

  test("is saved one after the other: what was typed meanwhile comes next, by the version of the last", async () => {
    const { sent, answers, flush, type, saved } = scene();
    type("a");
    const saving = flush();
    type("ab");
    await flush();
    type("abc");
    await flush();
    expect(sent).toHaveLength(1);
    answers[0]?.(saved(1));
    await vi.waitFor(() => expect(sent).toHaveLength(2), { timeout: 20_000 });
    answers[1]?.(saved(2));
    await saving;
    expect(sent.map(({ version, values }) => [version, values["goal.statement"]])).toEqual([
      [0, "a"],
      [1, "abc"],
    ]);
  });

  test("probe: is not saved once the form is sent, and a save that was under way leaves the address alone", async () => {
    const { sent, answers, rememberInAddress, change, flush, type, saved } = scene();
    type("a");
    const saving = flush();
    change({ isSending: true });
    type("ab");
    answers[0]?.(saved(1));
    await saving;
    await flush();
    expect(sent).toHaveLength(1);
    expect(rememberInAddress).not.toHaveBeenCalled();
    // It was refused: writing goes on.
    change({ isSending: false });
    const again = flush();
    answers[1]?.(saved(2));
    await again;
    expect(sent).toHaveLength(2);
    expect(rememberInAddress).toHaveBeenCalledTimes(1);
  });

  test("that was saved elsewhere is saved from here no more; one that could not be is tried again", async () => {
    const { sent, answers, told, change, flush, type } = scene();
    type("a");
    const first = flush();
    answers[0]?.({ ok: false, code: "unauthenticated", error: "Sign in." } as DraftAnswer);
    await first;
    expect(told.at(-1)).toMatchObject({ kind: "refused", isOver: false, isSignedOut: true });
    const second = flush();
    answers[1]?.({ ok: false, code: "conflict", error: "Saved elsewhere." } as DraftAnswer);
    await second;
    expect(told.at(-1)).toMatchObject({ kind: "refused", isOver: true });
    change({ step: "scope" });
    await flush();
    expect(sent).toHaveLength(2);
  });

  test("says so where nobody answers", async () => {
    const { told, flush, type } = scene({ save: () => Promise.reject(new Error("offline")) });
    type("a");
    await flush();
    expect(told.at(-1)).toMatchObject({ kind: "refused", sentence: "It could not be saved just now." });
  });
});
