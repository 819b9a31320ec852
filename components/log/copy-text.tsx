"use client";

import { Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "../ui/button.tsx";

/** Copies a longer text exactly as it is; `what` says which, for the label. */
export function CopyText({ text, what }: { text: string; what: string }) {
  const [answer, setAnswer] = useState("Copy");
  const copy = async () => {
    const done = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false, // refused by the browser, or no secure origin: the text stands below
    );
    setAnswer(done ? "Copied" : "Not copied");
  };
  return (
    <Button size="sm" tone="quiet" icon={Copy} onClick={copy}>
      <span role="status">{answer}</span>
      <span className="vh"> {what}</span>
    </Button>
  );
}
