import { useCallback, useEffect, useState } from "react";

const keyOf = (runId: string) => `pilothouse:draft:${runId}`;

/** Storage may be off; then a draft lives as long as its page. */
function stored(): Storage | null {
  try {
    return window.sessionStorage;
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}

/** What is being written to a run's agent. It outlives a reload and a visit elsewhere in the same tab; only `clear` drops it. */
export function useDraft(runId: string): {
  readonly text: string;
  readonly write: (text: string) => void;
  readonly clear: () => void;
} {
  const [text, setText] = useState("");
  useEffect(() => {
    const kept = stored()?.getItem(keyOf(runId));
    if (kept) setText((typed) => typed || kept);
  }, [runId]);
  const write = useCallback(
    (next: string) => {
      setText(next);
      stored()?.setItem(keyOf(runId), next);
    },
    [runId],
  );
  const clear = useCallback(() => {
    setText("");
    stored()?.removeItem(keyOf(runId));
  }, [runId]);
  return { text, write, clear };
}
