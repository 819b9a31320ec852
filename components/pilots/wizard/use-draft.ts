import { useEffect, useRef, useState } from "react";
import { createSaver, type DraftToSave, rememberedValues, type Saving } from "./draft-saver.ts";

/** So long nobody has to type before it is saved. */
const PAUSE = 1200;

/** Saves after a pause and at every step, one save after the other, always the newest. */
export function useDraft(draft: DraftToSave): Saving {
  const { id, values, step, start } = draft;
  const [saving, setSaving] = useState<Saving>({ kind: "nothing" });
  const newest = useRef(draft);
  newest.current = draft;
  const shownStep = useRef(step);

  const flush = useRef<(() => Promise<void>) | null>(null);
  flush.current ??= createSaver({
    ...{ newest: () => newest.current, tell: setSaving, rememberInAddress, now: () => Date.now() },
  });

  const isTyped =
    JSON.stringify(values) !== JSON.stringify(start) || draft.version > 0 || rememberedValues(id) !== null;
  useEffect(() => {
    if (!isTyped) return;
    const isStep = shownStep.current !== step;
    shownStep.current = step;
    const timer = setTimeout(() => void flush.current?.(), isStep ? 0 : PAUSE);
    return () => clearTimeout(timer);
  }, [values, step, isTyped]);
  useEffect(() => {
    if (!isTyped) return;
    // What could not be saved is tried again when somebody comes back to it, such as from signing in.
    const again = () => void flush.current?.();
    window.addEventListener("focus", again);
    window.addEventListener("online", again);
    return () => {
      window.removeEventListener("focus", again);
      window.removeEventListener("online", again);
    };
  }, [isTyped]);
  return saving;
}

/** A page that is read anew goes on with it. */
function rememberInAddress(id: string): void {
  const query = new URLSearchParams(window.location.search);
  if (query.get("draft") === id) return;
  query.set("draft", id);
  query.delete("from");
  window.history.replaceState(null, "", `?${query}`);
}
