import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { FileContent, PatchFile } from "#lib/patches/schema.ts";
import type { ReviewFile } from "../diff-rules.ts";
import { Contents } from "./contents.tsx";

const side = (bytes: number, image: FileContent["image"] = null): FileContent => ({
  ...{ bytes, image },
  sha256: String(bytes).padStart(64, "0"),
});
const png = (blob: string | null): FileContent["image"] => ({
  ...{ kind: "png", width: 32, height: 16 },
  blob,
});

function shown(content: PatchFile["content"], images: string | undefined = "/images?patch=p"): string {
  const file = { place: 3, path: "a.png", content } as ReviewFile;
  return renderToStaticMarkup(<Contents file={file} images={images} />);
}

describe("a file without lines", () => {
  test("says how large both sides are, and their digests", () => {
    const html = shown({ before: side(1200), after: side(4_000_000) });
    expect(html).toContain("1,200 bytes");
    expect(html).toContain(`SHA-256 ${side(4_000_000).sha256}`);
    expect(html).not.toContain("<canvas");
  });

  test("that is a picture is drawn from our own address alone, by digest, with words in its place", () => {
    const html = shown({ before: side(7, png("blb_1")), after: side(9, png("blb_2")) });
    const [before, after] = [side(7), side(9)].map(({ sha256 }) => sha256);
    expect(html).toContain(`/images?patch=p&amp;file=3&amp;side=before&amp;sha256=${before}`);
    expect(html).toContain(`/images?patch=p&amp;file=3&amp;side=after&amp;sha256=${after}`);
    expect(html).toContain('aria-label="After: 32 by 16 dots"');
  });

  test("says why a side has no picture", () => {
    expect(shown({ before: null, after: side(9, png("blb_2")) })).toContain("No file");
    expect(shown({ before: side(5), after: side(9, png("blb_2")) })).toContain("No picture");
    expect(shown({ before: side(5, png(null)), after: side(9, png("blb_2")) })).toContain(
      "Too large to be shown",
    );
  });

  test("probe: without an address, or without facts, nothing is drawn", () => {
    const both = { before: side(7, png("blb_1")), after: side(9, png("blb_2")) };
    expect(
      renderToStaticMarkup(<Contents file={{ place: 1, content: both } as ReviewFile} images={undefined} />),
    ).not.toContain("<canvas");
    expect(shown(undefined)).toBe("");
  });
});
