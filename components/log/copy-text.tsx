"use client";

import { Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "../ui/button.tsx";

export interface CopyTextProps {
  /** A function for what only the browser knows. */
  readonly text: string | (() => string);
  /** What it is, for the label. */
  readonly what: string;
  readonly shown?: string;
}

/** Copies a longer text exactly as it is. */
export function CopyText({ text, what, shown = "Copy" }: CopyTextProps) {
  const [answer, setAnswer] = useState(shown);
  const copy = async () => {
    const done = await navigator.clipboard.writeText(typeof text === "string" ? text : text()).then(
      () => true,
      () => false, // refused by the browser, or no secure origin: the text stands below
    );
    setAnswer(done ? "Copied" : "Not copied");
  };
  return (
    <>
      <Button size="sm" tone="quiet" icon={Copy} onClick={copy}>
        <span>{answer}</span>
        <span className="vh"> {what}</span>
      </Button>
      <span role="status" className="vh">
        {answer === shown ? "" : answer}
      </span>
    </>
  );
}
