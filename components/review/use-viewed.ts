import { useOptimistic, useState, useTransition } from "react";

export interface ViewedFiles {
  readonly viewed: ReadonlySet<string>;
  readonly view: (path: string, isViewed: boolean) => void;
  /** Why the last mark was not kept; null where it was. */
  readonly problem: string | null;
}

interface Paths {
  readonly paths: string[];
  readonly isViewed: boolean;
}
type Answer = { readonly ok: boolean; readonly error?: string };

export type KeepViewed = (mark: Paths & { runId: string; patchId: string }) => Promise<Answer>;

interface Mark {
  readonly path: string;
  readonly isViewed: boolean;
}

function marked(viewed: ReadonlySet<string>, { path, isViewed }: Mark): ReadonlySet<string> {
  const next = new Set(viewed);
  if (isViewed) next.add(path);
  else next.delete(path);
  return next;
}

/** Marks stand at once and are kept on the server; one that was not kept goes back, and why is said. */
export function useViewed(initial: readonly string[], keep: (mark: Paths) => Promise<Answer>): ViewedFiles {
  const [kept, setKept] = useState<ReadonlySet<string>>(() => new Set(initial));
  const [viewed, show] = useOptimistic(kept, marked);
  const [problem, setProblem] = useState<string | null>(null);
  const [, start] = useTransition();
  const view = (path: string, isViewed: boolean) =>
    start(async () => {
      show({ path, isViewed });
      const answer = await keep({ paths: [path], isViewed }).catch((): Answer => LOST);
      start(() => {
        setProblem(answer.ok ? null : (answer.error ?? LOST.error ?? ""));
        if (answer.ok) setKept((before) => marked(before, { path, isViewed }));
      });
    });
  return { viewed, view, problem };
}

const LOST = {
  ok: false,
  error: "What you viewed could not be kept: the server cannot be reached.",
} as const;
