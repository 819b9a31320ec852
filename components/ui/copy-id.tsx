"use client";

import { useState } from "react";
import { shortHash, shortId } from "../format.ts";

export interface CopyIdProps {
  /** What is copied. */
  readonly id: string;
  /** What is shown; by default the short form of the id or digest. */
  readonly shown?: string;
  /** What it is, for the label: "run id", "patch digest". */
  readonly what: string;
  readonly className?: string;
}

/** A short id; a click copies all of it. */
export function CopyId({ id, shown, what, className = "" }: CopyIdProps) {
  const [answer, setAnswer] = useState<"copied" | "not copied" | null>(null);
  const copy = async () => {
    const done = await navigator.clipboard.writeText(id).then(
      () => true,
      () => false, // refused by the browser, or no secure origin: say so, the id stands in the title
    );
    setAnswer(done ? "copied" : "not copied");
    window.setTimeout(() => setAnswer(null), 1500);
  };
  return (
    <button type="button" className={`id ${className}`} onClick={copy} title={`${id}: copy ${what}`}>
      {shown ?? (id.includes("_") ? shortId(id) : shortHash(id))}
      <span className="vh">: copy {what}</span>
      <span role="status" className={answer ? "t3 ml-1" : "vh"}>
        {answer}
      </span>
    </button>
  );
}
