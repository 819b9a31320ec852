"use client";

import { useSearchParams } from "next/navigation";

/** How somebody came to a decision, for the figures: by the link of a notice, or by themselves. */
export function CameFrom() {
  const isNotice = useSearchParams()?.get("from") === "notice";
  return <input type="hidden" name="source" value={isNotice ? "notice" : "web"} />;
}
