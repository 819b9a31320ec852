"use client";

import { createContext, type ReactNode, useContext } from "react";
import type { GateView } from "#lib/gates/schema.ts";
import type { FormAction } from "../form/state.ts";
import { type AskToSign, signing } from "./ceremony.ts";

const Ask = createContext<AskToSign | null>(null);

/** Every page that shows a decision has the shell around it, and so the door that says what is to be signed. */
export function SigningProvider({ ask, children }: { ask: AskToSign; children: ReactNode }) {
  return <Ask value={ask}>{children}</Ask>;
}

/** How somebody decides at a gate: where its charter wants it, approving asks for their passkey first. */
export function useDecide({ id, digest, signing: method }: GateView, decide: FormAction): FormAction {
  const ask = useContext(Ask);
  if (method === "session") return decide;
  const signed = signing(decide, ask, { gateId: id, digest });
  return (before, form) => (form.get("decision") === "approve" ? signed : decide)(before, form);
}
