import { useRouter } from "next/navigation";
import { useCallback, useEffect, useRef } from "react";

/**
 * Reads the page again soon after it was last asked to, but never under an open dialog: what the page says now may have no
 * place for it (somebody else signed in here, or the run moved on), and what is typed in it would be gone. Then it reads
 * when the dialog is closed.
 */
export function useRefresh(settleMs: number): () => void {
  const router = useRouter();
  const settling = useRef<number | undefined>(undefined);
  const read = useCallback(() => {
    document.removeEventListener("close", read, true);
    if (document.querySelector("dialog[open]") === null) router.refresh();
    else document.addEventListener("close", read, true); // it does not bubble
  }, [router]);
  useEffect(
    () => () => {
      window.clearTimeout(settling.current);
      document.removeEventListener("close", read, true);
    },
    [read],
  );
  return useCallback(() => {
    window.clearTimeout(settling.current);
    settling.current = window.setTimeout(read, settleMs);
  }, [read, settleMs]);
}
