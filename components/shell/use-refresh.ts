import { useRouter } from "next/navigation";
import { useCallback, useEffect, useRef } from "react";
import { noteAttendance } from "./attended.ts";
import { untilRead } from "./settle.ts";

/**
 * Reads the page again soon after it was last asked to, and before long also while it is asked over and over; but never
 * under an open dialog: what the page says now may have no place for it (somebody else signed in here, or the run moved on),
 * and what is typed in it would be gone. Then it reads when the dialog is closed.
 */
export function useRefresh(settleMs: number): () => void {
  const router = useRouter();
  const settling = useRef<number | undefined>(undefined);
  const first = useRef<number | null>(null);
  const read = useCallback(() => {
    first.current = null;
    document.removeEventListener("close", read, true);
    noteAttendance();
    if (document.querySelector("dialog[open]") === null) router.refresh();
    else document.addEventListener("close", read, true); // it does not bubble
  }, [router]);
  useEffect(noteAttendance, []); // from its opening on
  useEffect(
    () => () => {
      window.clearTimeout(settling.current);
      document.removeEventListener("close", read, true);
    },
    [read],
  );
  return useCallback(() => {
    window.clearTimeout(settling.current);
    const now = performance.now();
    first.current ??= now;
    settling.current = window.setTimeout(read, untilRead({ first: first.current, now, settleMs }));
  }, [read, settleMs]);
}
