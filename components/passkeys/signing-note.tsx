import { Fingerprint } from "lucide-react";
import Link from "next/link";
import type { GateView } from "#lib/gates/schema.ts";
import { Note } from "../ui/note.tsx";

/** What is signed, or what to do without a passkey; nothing where none is asked for. */
export function SigningNote({ gate: { signing } }: { gate: GateView }) {
  if (signing === "session") return null;
  if (signing === "passkey")
    return (
      <Note icon={Fingerprint}>
        Your passkey signs this: the decision document by its digest, this gate, that you approve, and the
        moment. It asks for your PIN, fingerprint or face.
      </Note>
    );
  return (
    <Note tone="need" icon={Fingerprint}>
      This approval is signed with a passkey, and you have none that counts.{" "}
      <Link className="link in" href="/settings/passkeys">
        Enrol one
      </Link>
      , have a lead or an administrator confirm it, and come back. Saying no needs none.
    </Note>
  );
}

/** Why the button is off for whoever has no passkey that counts. */
export const whyUnsigned = ({ signing }: GateView): string | false =>
  signing === "passkey_missing" && "You have no passkey that counts.";
