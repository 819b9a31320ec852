import {
  Bot,
  Cloud,
  Coins,
  Compass,
  FlaskConical,
  FolderGit2,
  GitMerge,
  Hand,
  KeyRound,
  type LucideIcon,
  Megaphone,
  MessageSquare,
  OctagonX,
  PackageCheck,
  Play,
  Radar,
  Save,
  ScrollText,
  Server,
  Sparkles,
  UserRound,
} from "lucide-react";

const BY_KIND: Readonly<Record<string, LucideIcon>> = {
  "run.patch_imported": PackageCheck,
  "run.evidence_recorded": FlaskConical,
  "run.merged": GitMerge,
  "run.merge_intended": GitMerge,
  "person.signed_in": KeyRound,
  "person.sign_in_refused": KeyRound,
};

const BY_NOUN: Readonly<Record<string, LucideIcon>> = {
  person: UserRound,
  repository: FolderGit2,
  pilot: Compass,
  agent: Bot,
  runner: Server,
  run: Play,
  gate: Hand,
  finding: Radar,
  stop: OctagonX,
  provider: Cloud,
  gateway: KeyRound,
  channel: Megaphone,
  price: Coins,
  model: Sparkles,
  message: MessageSquare,
  ask: Hand,
  snapshot: Save,
};

/** By the kind, else by its noun. */
export const iconOf = (kind: string): LucideIcon =>
  BY_KIND[kind] ?? BY_NOUN[kind.split(".")[0] ?? ""] ?? ScrollText;
