// Files of a patch and their part of its diff, as short as they can be.
import type { PatchFile } from "../patches/schema.ts";

export const modified = (path: string, part: Partial<PatchFile> = {}): PatchFile => ({
  ...{ path, previousPath: null, status: "modified", modeBefore: "file", modeAfter: "file" },
  ...{ added: 1, removed: 1, ...part },
});

export const diffText = (path: string, body: string): string =>
  `diff --git a/${path} b/${path}\nindex 1111111..2222222 100644\n--- a/${path}\n+++ b/${path}\n${body}`;
