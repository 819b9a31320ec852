// What this installation says of itself, and how each is tried. Every sentence says as much as its proof shows, and no more.
import { rowsOf } from "./frameworks.ts";
import type { Control } from "./schema.ts";

const ALWAYS = "Nothing switches it off.";

export const CONTROLS: readonly Control[] = [
  {
    id: "sandbox_egress",
    title: "A sandbox reaches no network",
    sentence:
      "A program in a sandbox has no network interface but its own loopback, and reaches nothing on this host.",
    setting: "environment in the charter opens listed hosts to setup alone.",
    proof:
      "A real sandbox on the worker host tries a listener that was opened for it on all addresses of the host, on each where it answers from outside, and a look-up of a name. Sandboxes of runners are made by the same code on their own hosts.",
    rows: rowsOf(
      "CC6.6",
      "CC6.7",
      "A.8.20",
      "A.8.22",
      "A.8.31",
      "Art. 9",
      "Art. 25",
      "ASI02",
      "ASI05",
      "T2",
      "T11",
    ),
  },
  {
    id: "gateway_token",
    title: "A run token that is not a runner's own opens nothing",
    sentence: "The gateway refuses a registered runner's request that carries a run token nobody was given.",
    setting: ALWAYS,
    proof:
      "A registered canary, which gets no work, asks the gateway's door with a made-up token under its own signature; only the answer that the token is not known counts.",
    rows: rowsOf("CC6.1", "A.5.15", "A.5.17", "7.3", "8.6", "Art. 9", "Art. 25", "ASI03", "T3", "T9"),
  },
  {
    id: "runner_revoked",
    title: "A revoked runner's key is refused",
    sentence: "The control plane refuses a rightly signed request of a runner that was revoked.",
    setting: "Revoke, on Runners.",
    proof:
      "A canary that was registered and revoked asks the runner's door for work, under a signature that is right.",
    rows: rowsOf(
      "CC6.1",
      "CC6.2",
      "A.5.15",
      "A.5.17",
      "7.2",
      "8.6",
      "Art. 9",
      "Art. 25",
      "ASI03",
      "ASI10",
      "T9",
      "T13",
    ),
  },
  {
    id: "session_dead",
    title: "A session that is not open opens nothing",
    sentence: "A page and the live stream answer nobody without an open session.",
    setting: "PILOTHOUSE_IDLE_MINUTES says when a session ends that nobody uses.",
    proof:
      "The web process is asked for both with no cookie, and with one that it never sealed. That an open session ends in time is not tried here.",
    rows: rowsOf("CC6.1", "A.5.15", "A.8.5", "7.3", "8.2", "Art. 9", "Art. 25", "ASI03", "T9"),
  },
  {
    id: "merge_unapproved",
    title: "Who moves a branch cannot approve it",
    sentence: "The process that moves branches may write neither an approval nor the intent to merge.",
    setting: ALWAYS,
    proof: "The worker tries to add both in the database, in a form that adds nothing where it is let.",
    rows: rowsOf("CC8.1", "A.8.32", "A.8.2", "6.5.1", "7.2", "Art. 9", "Art. 25", "ASI03", "ASI10", "T3"),
  },
  {
    id: "log_append_only",
    title: "No process can change the record",
    sentence:
      "None of the product's database roles may change or remove entries, and the database's own refusal is switched on.",
    setting: "Grants of the database roles; the owner's account is not watched by them.",
    proof:
      "The grants and triggers are read from the database for all four roles, and the worker tries an update and a deletion that would touch no row.",
    rows: rowsOf("CC6.1", "CC7.2", "A.8.15", "A.8.2", "10.2", "10.3", "10.5", "Art. 9", "Art. 25", "T8"),
  },
  {
    id: "change_without_entry",
    title: "No change without its entry",
    sentence:
      "The database refuses a change of a governed row that has no entry about it in the same transaction.",
    setting: ALWAYS,
    proof: "The worker sets a repository's name to what it is without an entry, and undoes it in any case.",
    rows: rowsOf("CC7.2", "CC8.1", "A.8.15", "A.8.32", "10.2", "Art. 10", "Art. 25", "T8"),
  },
  {
    id: "log_edited",
    title: "An edited entry is noticed",
    sentence: "An entry whose stored bytes were changed no longer leads to the root that was signed.",
    setting: "pilothouse-verify says the same elsewhere, with keys of your own.",
    proof:
      "The newest numbered entry is copied into a table of this transaction alone, proved to be in the signed log as it is, then edited there and proved again.",
    rows: rowsOf("CC7.2", "A.8.15", "A.8.16", "10.3", "10.5", "Art. 10", "Art. 25", "T8"),
  },
  {
    id: "log_signed",
    title: "Entries are numbered and signed",
    sentence:
      "The entry that asks for a test is under a signed checkpoint half a minute after the test begins at most, and the notary raises no alarm.",
    setting: "PILOTHOUSE_LOG_KEY or PILOTHOUSE_LOG_KEY_FILE.",
    proof: "The entry that asked for this test is looked for under the signed checkpoints, and waited for.",
    rows: rowsOf("CC7.2", "A.8.15", "A.8.16", "10.2", "10.5", "Art. 10", "Art. 25", "T8"),
  },
  {
    id: "witness_age",
    title: "A witness elsewhere signs with it",
    sentence: "A witness has cosigned a checkpoint since this test began, and none refuses the log.",
    setting: "PILOTHOUSE_WITNESSES.",
    proof: "A cosignature newer than the beginning of this test is waited for, half a minute.",
    rows: rowsOf("CC7.2", "A.8.15", "A.8.16", "10.3", "10.5", "Art. 10", "Art. 25", "T8"),
  },
  {
    id: "secret_masked",
    title: "A secret is masked",
    sentence: "A token of a known form is found in a text and masked before the text is shown.",
    setting: "A charter's outbound policy says whether a request to a model is blocked or masked for it.",
    proof:
      "A token made up for this test goes through the search that all shown texts go through. Forms it does not know are not tried.",
    rows: rowsOf("CC6.7", "A.8.12", "Art. 9", "Art. 25", "ASI02", "T2"),
  },
  {
    id: "stop_drilled",
    title: "The emergency stop was practised",
    sentence:
      "In the last drill, within 30 days, every run on a connected runner had ended within two seconds.",
    setting: "Practise, on Emergency stops.",
    proof:
      "What the last drill of any pilot that ended measured. Runs that no runner had are named and not counted; a drill without any shows nothing. This test starts none.",
    rows: rowsOf("CC7.4", "A.5.26", "12.10", "Art. 11", "Art. 24", "Art. 25", "ASI08", "ASI10", "T13"),
  },
  {
    id: "backup_age",
    title: "A backup was restored lately",
    sentence: "A backup of the database and of the data folder is young, and one was restored.",
    setting: "None: this version makes no backups of itself.",
    proof: "There is nothing here that could be asked. Keep the evidence where your backups are made.",
    rows: rowsOf("A1.2", "A.8.13", "Art. 11", "Art. 12"),
  },
];
