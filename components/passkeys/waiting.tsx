import Link from "next/link";
import { plural } from "../format.ts";
import { Note } from "../ui/note.tsx";

/** Above what waits: whoever may say whose a passkey is, is asked to. */
export function PasskeysWaiting({ count }: { readonly count: number }) {
  if (count === 0) return null;
  return (
    <div className="px-5 pt-3">
      <Note tone="need" role="status">
        {plural(count, "passkey")} {count === 1 ? "waits" : "wait"} for you to confirm whose{" "}
        {count === 1 ? "it is" : "they are"}.{" "}
        <Link className="underline" href="/settings/passkeys">
          Look at {count === 1 ? "it" : "them"}
        </Link>
      </Note>
    </div>
  );
}
