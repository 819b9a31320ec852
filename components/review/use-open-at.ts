import { type RefObject, useEffect } from "react";
import type { DiffHandle } from "./diff/contract.ts";
import type { ReviewFile } from "./diff-rules.ts";

/** A file of the patch, and a line of its new form. */
export interface OpenAt {
  readonly path: string;
  readonly line: number | null;
}

/** Scrolls once the diff is there; a path that is not in it is left alone. */
export function useOpenAt(
  handle: RefObject<DiffHandle | null>,
  at: OpenAt | null,
  files: readonly ReviewFile[],
): void {
  const path = at?.path ?? null;
  const line = at?.line ?? null;
  const isThere = files.some((file) => file.path === path);
  useEffect(() => {
    if (path === null || !isThere) return;
    const scroll = () =>
      void (line === null ? handle.current?.toFile(path) : handle.current?.toLine(path, "new", line));
    const frame = requestAnimationFrame(scroll);
    return () => cancelAnimationFrame(frame);
  }, [handle, path, line, isThere]);
}
