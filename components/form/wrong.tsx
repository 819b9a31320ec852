import { CircleAlert } from "lucide-react";
import { Icon } from "../ui/icon.tsx";

/** What is wrong with a field or a group of them; nothing where nothing is. */
export function Wrong({
  sentences,
  id,
}: {
  readonly sentences: readonly string[];
  readonly id?: string | undefined;
}) {
  if (sentences.length === 0) return null;
  return (
    <p className="err" id={id} role="alert">
      <Icon of={CircleAlert} />
      <span>{sentences.join(" ")}</span>
    </p>
  );
}
