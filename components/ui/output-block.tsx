"use client";

import { useState } from "react";
import { formatCount } from "../format.ts";
import { SCROLLS } from "./scrolls.ts";
import { Visible } from "./visible.tsx";

export interface OutputBlockProps {
  readonly text: string;
  /** Bytes that were not kept. */
  readonly dropped?: number;
  /** Still growing: shows its end and a cursor. */
  readonly live?: boolean;
  readonly label?: string;
  /** Which lines are shown of many: a program's last ones, since that is where the failure is; a text's first ones. */
  readonly shows?: "end" | "start";
}

const LINES_SHOWN = 12;

/** What a program printed, or somebody wrote, as text. */
export function OutputBlock({
  text,
  dropped = 0,
  live = false,
  label = "Output",
  shows = "end",
}: OutputBlockProps) {
  const [whole, setWhole] = useState(false);
  const lines = text.replace(/\n$/, "").split("\n");
  const hidden = whole ? 0 : Math.max(0, lines.length - LINES_SHOWN);
  const shown = shows === "end" ? lines.slice(hidden) : lines.slice(0, lines.length - hidden);
  return (
    <>
      {hidden > 0 || whole ? (
        <button type="button" className="more sm" aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? `Show the ${shows} only` : `Show ${formatCount(hidden)} more lines`}
        </button>
      ) : null}
      <section className="code out" aria-label={label} {...SCROLLS}>
        <Visible text={shown.join("\n")} mode="block" />
        {live ? <span className="cursor" aria-hidden="true" /> : null}
      </section>
      {dropped > 0 ? <p className="t3 sm">{formatCount(dropped)} bytes of output were not kept.</p> : null}
    </>
  );
}
